//! A token that was verified in place stays as it is while the verdict is in use.

use glowband_core::{Hs256Key, Policy, Refusal, Verifier};

fn change(key: &Hs256Key, policy: &Policy<'_>, token: &mut [u8]) -> Result<bool, Refusal> {
    let verified = Verifier::new(key, policy).verify_in_place(token, None)?;
    token.fill(0); //~ E0499
    Ok(verified.subject().is_some())
}

fn main() {}
