//! Nor does a claim.

use glowband_core::{Hs256Key, Policy, Text, Verifier};

fn subject<'r>(key: &Hs256Key, policy: &Policy<'_>, token: &[u8]) -> Option<Text<'r>> {
    let mut scratch = [0; 512];
    let verified = Verifier::new(key, policy).verify(token, None, &mut scratch).ok()?;
    verified.subject() //~ E0515
}

fn main() {}
