//! A verdict lives no longer than the buffer that it shows.

use glowband_core::{Hs256Key, Policy, Refusal, Verified, Verifier};

fn verified<'r>(key: &Hs256Key, policy: &Policy<'_>, token: &[u8]) -> Result<Verified<'r>, Refusal> {
    let mut scratch = [0; 512];
    Verifier::new(key, policy).verify(token, None, &mut scratch) //~ E0515
}

fn main() {}
