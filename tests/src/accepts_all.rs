//! A backend that finds every signature genuine: what lies behind the signature is then reached by any input.

use crate::signing::encode;
use glowband_core::{
    Algorithm, KeySource, Limits, Policy, Refusal, SignatureCheck, SignatureMismatch, SignatureVerifier, UnixSeconds,
    Verifier, scratch_needed,
};

/// For tokens that say HS256.
pub struct AcceptsAll;

impl SignatureCheck for AcceptsAll {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Hs256
    }

    fn check(&self, _signing_input: &[u8], _signature: &[u8]) -> Result<(), SignatureMismatch> {
        Ok(())
    }
}

/// A token for [`AcceptsAll`].
pub fn unsigned(payload: impl AsRef<[u8]>) -> Vec<u8> {
    format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", encode(payload), "A".repeat(43)).into_bytes()
}

/// The verdict of all four ways of verifying, which must agree: over a buffer and in place, by the signature alone and
/// with the claims.
///
/// # Errors
/// The refusal that all agree on.
///
/// # Panics
/// Where two ways do not agree.
pub fn verdict<K: KeySource + ?Sized>(
    keys: &K,
    policy: &Policy<'_>,
    now: Option<UnixSeconds>,
    token: &[u8],
) -> Result<Vec<u8>, Refusal> {
    verdict_within(keys, policy, Limits::DEFAULT, now, token)
}

/// The same, within limits that are not the default ones: all four ways keep them.
///
/// # Errors
/// As [`verdict`].
///
/// # Panics
/// As [`verdict`].
pub fn verdict_within<K: KeySource + ?Sized>(
    keys: &K,
    policy: &Policy<'_>,
    limits: Limits,
    now: Option<UnixSeconds>,
    token: &[u8],
) -> Result<Vec<u8>, Refusal> {
    let policy = &policy.limits(limits);
    let needed = scratch_needed(token);
    assert!(needed <= token.len() / 4 * 3 + 3, "{needed} bytes for {}", token.len());
    let verifier = Verifier::new(keys, policy);
    // What is left over from the last token must not matter.
    let mut scratch = vec![b'"'; needed];
    let over_a_buffer = verifier.verify(token, now, &mut scratch).map(|verified| verified.payload().to_vec());
    let mut own = token.to_vec();
    let in_place = verifier.verify_in_place(&mut own, now).map(|verified| verified.payload().to_vec());
    assert_eq!(over_a_buffer, in_place, "over a buffer and in place");

    let signatures = SignatureVerifier::new(keys).limits(limits);
    let mut own = token.to_vec();
    let proven = signatures.verify_in_place(&mut own).map(|proven| proven.payload().to_vec());
    let mut scratch = vec![0; needed];
    assert_eq!(proven, signatures.verify(token, &mut scratch).map(|proven| proven.payload().to_vec()));
    match (&over_a_buffer, proven) {
        (Ok(payload), proven) => assert_eq!(proven.as_ref(), Ok(payload)),
        (Err(_), Ok(_)) => {}
        (Err(refusal), Err(unproven)) => assert_eq!(*refusal, unproven, "a token without proof is not checked further"),
    }
    over_a_buffer
}
