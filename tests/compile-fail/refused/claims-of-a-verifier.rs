//! A verifier does not read what it has not verified.

use glowband_core::{Hs256Key, Policy, Verifier};

fn peek(verifier: &Verifier<'_, Hs256Key>, token: &[u8]) -> Option<bool> {
    verifier.claims(token) //~ E0599
}

fn made(key: &Hs256Key, policy: &Policy<'_>) -> Option<bool> {
    peek(&Verifier::new(key, policy), b"")
}

fn main() {
    let _ = made;
}
