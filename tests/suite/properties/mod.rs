//! Laws that hold for whatever comes in. The inputs differ from run to run; a failure prints the smallest one found.

mod base64;
mod budgets;
mod dates;
mod framing;
mod json;
mod json_oracle;
mod keyrings;
mod noise;
mod replay;
mod roundtrip;
mod tampering;

use glowband_core::{
    Algorithm, KeySource, Policy, Refusal, SignatureCheck, SignatureMismatch, SignatureVerifier, UnixSeconds, Verifier,
    scratch_needed,
};
use glowband_tests::signing::encode;
use proptest::test_runner::Config;

/// How many inputs a law is tried on; nothing is written to disk.
fn cases(count: u32) -> Config {
    Config { cases: count, failure_persistence: None, ..Config::default() }
}

/// A backend that finds every signature genuine: what lies behind the signature is then reached by any input.
struct AcceptsAll;

impl SignatureCheck for AcceptsAll {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Hs256
    }

    fn check(&self, _signing_input: &[u8], _signature: &[u8]) -> Result<(), SignatureMismatch> {
        Ok(())
    }
}

/// A token for [`AcceptsAll`].
fn unsigned(payload: impl AsRef<[u8]>) -> Vec<u8> {
    format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", encode(payload), "A".repeat(43)).into_bytes()
}

/// The verdict of all four ways of verifying, which must agree: over a buffer and in place, by the signature alone and
/// with the claims.
fn verdict<K: KeySource + ?Sized>(
    keys: &K,
    policy: &Policy<'_>,
    now: Option<UnixSeconds>,
    token: &[u8],
) -> Result<Vec<u8>, Refusal> {
    let needed = scratch_needed(token);
    assert!(needed <= token.len() / 4 * 3 + 3, "{needed} bytes for {}", token.len());
    let verifier = Verifier::new(keys, policy);
    // What is left over from the last token must not matter.
    let mut room = vec![b'"'; needed];
    let over_a_buffer = verifier.verify(token, now, &mut room).map(|verified| verified.payload().to_vec());
    let mut own = token.to_vec();
    let in_place = verifier.verify_in_place(&mut own, now).map(|verified| verified.payload().to_vec());
    assert_eq!(over_a_buffer, in_place, "over a buffer and in place");

    let signatures = SignatureVerifier::new(keys);
    let mut own = token.to_vec();
    let proven = signatures.verify_in_place(&mut own).map(|proven| proven.payload().to_vec());
    let mut room = vec![0; needed];
    assert_eq!(proven, signatures.verify(token, &mut room).map(|proven| proven.payload().to_vec()));
    match (&over_a_buffer, proven) {
        (Ok(payload), proven) => assert_eq!(proven.as_ref(), Ok(payload)),
        (Err(_), Ok(_)) => {}
        (Err(refusal), Err(unproven)) => assert_eq!(*refusal, unproven, "what is not proven is not judged"),
    }
    over_a_buffer
}
