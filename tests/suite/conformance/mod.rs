//! Published test sets and the examples of the RFCs.

mod host_examples;
mod host_wycheproof;
mod other_rfcs;
mod prepared;
mod rfc7515;
mod rfc7520;
mod rfc8725;
mod wycheproof_sets;

use glowband_core::{Jwk, Key, Policy, Refusal, SignatureVerifier, UnixSeconds, Verifier};

fn key(jwk: &str) -> Key {
    Jwk::parse(jwk.as_bytes()).and_then(|jwk| jwk.key()).expect("a key")
}

/// The payload, if the signature is genuine; both ways of verifying agree on it.
fn proven(key: &Key, token: &str) -> Result<Vec<u8>, Refusal> {
    let verifier = SignatureVerifier::new(key);
    let mut own = token.as_bytes().to_vec();
    let in_place = verifier.verify_in_place(&mut own).map(|proven| proven.payload().to_vec());
    let mut scratch = vec![0; token.len()];
    let over_a_buffer = verifier.verify(token.as_bytes(), &mut scratch).map(|proven| proven.payload().to_vec());
    assert_eq!(in_place, over_a_buffer, "{token}");
    in_place
}

/// The verdict on a JWT.
fn verdict(key: &Key, policy: &Policy<'_>, now: u64, token: &str) -> Result<(), Refusal> {
    let mut scratch = vec![0; token.len()];
    Verifier::new(key, policy).verify(token.as_bytes(), UnixSeconds(now), &mut scratch).map(drop)
}
