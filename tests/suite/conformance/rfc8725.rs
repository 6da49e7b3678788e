//! RFC 8725 (JWT best current practices): each practice that a verifier can break, tried.

use super::{key, proven, verdict};
use glowband_core::{Es256Key, Hs256Key, Jwk, Policy, Refusal};
use glowband_tests::claims_text::{AUDIENCE, ClaimsText, ISSUER, NOW};
use glowband_tests::signing::{Es256Pair, encode, hs256};

const SECRET: [u8; 32] = *b"a secret of thirty-two bytes ...";

fn policy() -> Policy<'static> {
    Policy::issuer(ISSUER).audience(AUDIENCE)
}

fn shared() -> glowband_core::Key {
    Hs256Key::new(&SECRET).expect("long enough").into()
}

/// Section 3.1: a key is used with exactly one algorithm, checked at each use.
#[test]
fn section_3_1_one_algorithm_per_key() {
    let pair = Es256Pair::generate().expect("randomness");
    let public = key(&pair.jwk().to_string());
    let token = hs256(pair.point(), r#"{"alg":"HS256"}"#, ClaimsText::good().to_string());
    assert_eq!(verdict(&public, &policy(), NOW, &token), Err(Refusal::AlgorithmMismatch));
    for (alg, refusal) in [("ES256", Refusal::JwkAlgorithmConflict), ("HS512", Refusal::KeyUnsupported)] {
        let jwk = format!(r#"{{"kty":"oct","alg":"{alg}","k":"{}"}}"#, encode(SECRET));
        assert_eq!(Jwk::parse(jwk.as_bytes()).and_then(|jwk| jwk.key()).err(), Some(refusal), "{alg}");
    }
}

/// Section 3.2: `none` only where the caller asked for it; a caller of this library cannot.
#[test]
fn section_3_2_no_unsecured_tokens() {
    let token = format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(ClaimsText::good().to_string()));
    assert_eq!(verdict(&shared(), &policy(), NOW, &token), Err(Refusal::AlgorithmNone));
}

/// Section 3.3: all cryptographic operations are validated, and any failure rejects the whole token.
#[test]
fn section_3_3_every_operation_is_validated() {
    let token = hs256(&SECRET, r#"{"alg":"HS256"}"#, ClaimsText::good().to_string());
    assert_eq!(verdict(&shared(), &policy(), NOW, &token), Ok(()));
    let other = Hs256Key::new(&[1; 32]).expect("long enough").into();
    assert_eq!(verdict(&other, &policy(), NOW, &token), Err(Refusal::BadSignature));
}

/// Section 3.4: inputs to elliptic-curve operations are validated.
#[test]
fn section_3_4_points_are_on_the_curve() {
    let mut point = *Es256Pair::generate().expect("randomness").point();
    assert!(Es256Key::from_sec1(&point).is_ok());
    point[64] ^= 1;
    assert_eq!(Es256Key::from_sec1(&point).err(), Some(Refusal::PointInvalid));
}

/// Section 3.5: keys have entropy enough; a password of a few characters is not a key.
#[test]
fn section_3_5_no_short_secrets() {
    assert_eq!(Hs256Key::new(b"correct horse battery").err(), Some(Refusal::SecretTooShort));
}

/// Section 3.6: no compression of inputs (`zip` belongs to encryption anyway).
#[test]
fn section_3_6_no_compression() {
    let token = hs256(&SECRET, r#"{"alg":"HS256","zip":"DEF"}"#, ClaimsText::good().to_string());
    assert_eq!(proven(&shared(), &token), Err(Refusal::HeaderForbidden));
}

/// Section 3.7: UTF-8 and nothing else.
#[test]
fn section_3_7_utf_8_only() {
    let utf_16: Vec<u8> = ClaimsText::good().to_string().encode_utf16().flat_map(u16::to_be_bytes).collect();
    let token = hs256(&SECRET, r#"{"alg":"HS256"}"#, utf_16);
    assert_eq!(verdict(&shared(), &policy(), NOW, &token), Err(Refusal::PayloadNotJson));
}

/// Section 3.8: issuer and subject are validated.
#[test]
fn section_3_8_issuer_and_subject() {
    let with =
        |name: &str, raw: &str| hs256(&SECRET, r#"{"alg":"HS256"}"#, ClaimsText::good().with(name, raw).to_string());
    assert_eq!(verdict(&shared(), &policy(), NOW, &with("iss", "\"joe\"")), Err(Refusal::IssuerMismatch));
    let for_bob = policy().subject("bob");
    assert_eq!(verdict(&shared(), &for_bob, NOW, &with("sub", "\"alice\"")), Err(Refusal::SubjectMismatch));
}

/// Section 3.9: a token meant for another is rejected, and so is one that says nothing.
#[test]
fn section_3_9_audience() {
    let token = |claims: ClaimsText| hs256(&SECRET, r#"{"alg":"HS256"}"#, claims.to_string());
    let other = token(ClaimsText::good().with("aud", "\"lift-1\""));
    assert_eq!(verdict(&shared(), &policy(), NOW, &other), Err(Refusal::AudienceMismatch));
    let silent = token(ClaimsText::good().without("aud"));
    assert_eq!(verdict(&shared(), &policy(), NOW, &silent), Err(Refusal::AudienceMissing));
}

/// Section 3.10: received claims are not trusted: no `kid`, `jku` or `x5u` is looked up anywhere.
#[test]
fn section_3_10_no_claim_is_followed() {
    let header = r#"{"alg":"HS256","kid":"../../etc/passwd","jku":"https://attacker.example/"}"#;
    let token = hs256(&[1; 32], header, ClaimsText::good().to_string());
    assert_eq!(verdict(&shared(), &policy(), NOW, &token), Err(Refusal::BadSignature));
}

/// Sections 3.11 and 3.12: explicit types keep the kinds of tokens apart.
#[test]
fn section_3_11_explicit_types() {
    let token =
        |typ: &str| hs256(&SECRET, format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), ClaimsText::good().to_string());
    let access = policy().token_type("at+jwt");
    assert_eq!(verdict(&shared(), &access, NOW, &token("at+jwt")), Ok(()));
    assert_eq!(verdict(&shared(), &access, NOW, &token("application/AT+jwt")), Ok(()));
    for other in ["secevent+jwt", "logout+jwt", "JWT", ""] {
        assert_eq!(verdict(&shared(), &access, NOW, &token(other)), Err(Refusal::TokenTypeMismatch), "{other}");
    }
}
