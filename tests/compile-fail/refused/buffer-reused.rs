//! The buffer is not free for the next token while a verdict on this one is still in use.

use glowband_core::{Hs256Key, Policy, Refusal, Verifier};

fn two(key: &Hs256Key, policy: &Policy<'_>, first: &[u8], second: &[u8]) -> Result<bool, Refusal> {
    let mut scratch = [0; 512];
    let verifier = Verifier::new(key, policy);
    let one = verifier.verify(first, None, &mut scratch)?;
    let other = verifier.verify(second, None, &mut scratch)?; //~ E0499
    Ok(one.subject() == other.subject())
}

fn main() {}
