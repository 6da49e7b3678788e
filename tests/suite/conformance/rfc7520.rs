//! The examples of RFC 7520 (JOSE cookbook), section 4. Their payload is a sentence, not claims.

use super::{key, proven, verdict};
use glowband_core::{Policy, Refusal};
use glowband_tests::signing::Es256Pair;

/// Section 3.5.
const SECRET: &str = r#"{"kty":"oct","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037","use":"sig","alg":"HS256","k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"}"#;
/// Section 4, figure 7.
pub(super) const SENTENCE: &str = "It\u{2019}s a dangerous business, Frodo, going out your door. You step onto the road, and if you \
                        don't keep your feet, there\u{2019}s no knowing where you might be swept off to.";
pub(super) const PAYLOAD: &str = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0\
                       aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91\
                       IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

#[test]
fn section_4_4_hs256_is_genuine_and_holds_no_claims() {
    let token = format!(
        "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.{PAYLOAD}.\
         s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"
    );
    let key = key(SECRET);
    assert_eq!(proven(&key, &token).as_deref(), Ok(SENTENCE.as_bytes()));
    let policy = Policy::danger_any_issuer_any_audience().allow_missing_expiry();
    assert_eq!(verdict(&key, &policy, 0, &token), Err(Refusal::PayloadNotJson));
}

/// Section 4.5: the same signature with the payload carried elsewhere. A detached payload is not put back.
#[test]
fn section_4_5_detached_content_is_another_message() {
    let token = "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9..\
                 s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0";
    assert_eq!(proven(&key(SECRET), token), Err(Refusal::BadSignature));
}

#[test]
fn section_4_3_es512_needs_another_key() {
    let token = es512();
    assert_eq!(proven(&key(SECRET), &token), Err(Refusal::AlgorithmMismatch));
}

/// The example of section 4.3.
pub(super) fn es512() -> String {
    format!(
        "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.{PAYLOAD}.\
         AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMD\
         xXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2"
    )
}

/// Section 4.3 in the algorithm that is supported: the same header and payload, ES256, signed here by aws-lc.
#[test]
fn section_4_3_in_es256_is_genuine() {
    let pair = Es256Pair::generate().expect("randomness");
    let token = pair.es256(r#"{"alg":"ES256","kid":"bilbo.baggins@hobbiton.example"}"#, SENTENCE).expect("randomness");
    assert_eq!(proven(&key(&pair.jwk().to_string()), &token).as_deref(), Ok(SENTENCE.as_bytes()));
    let other = Es256Pair::generate().expect("randomness");
    assert_eq!(proven(&key(&other.jwk().to_string()), &token), Err(Refusal::BadSignature));
}
