//! What was refused has nothing to show.

use glowband_core::{Hs256Key, Policy, Verifier};

fn subject(key: &Hs256Key, policy: &Policy<'_>, token: &[u8], scratch: &mut [u8]) -> bool {
    Verifier::new(key, policy).verify(token, None, scratch).subject().is_some() //~ E0599
}

fn main() {}
