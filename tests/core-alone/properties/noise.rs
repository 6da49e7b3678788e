//! Random input: nothing panics, no unsigned token is accepted, and all ways agree.

use super::cases;
use glowband_core::{Es256Key, Header, Hs256Key, Jwk, Key, KeyRing, Limits, Policy, UnixSeconds};
use glowband_tests::accepts_all::{AcceptsAll, unsigned, verdict};
use glowband_tests::claims_text::{AUDIENCE, ISSUER, NOW};
use glowband_tests::signing::{Es256Pair, encode, hs256};
use proptest::collection::vec;
use proptest::prelude::*;

/// Bytes that look like a token from afar, or from near.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let segment = prop_oneof![
        "[A-Za-z0-9_-]{0,40}".prop_map(String::into_bytes),
        Just(encode(r#"{"alg":"HS256"}"#).into_bytes()),
        Just(encode(r#"{"alg":"ES256","kid":"a"}"#).into_bytes()),
        json_like().prop_map(|text| encode(text).into_bytes()),
        Just("A".repeat(43).into_bytes()),
        Just("A".repeat(86).into_bytes()),
    ];
    prop_oneof![
        vec(any::<u8>(), 0..300),
        vec(segment, 0..6).prop_map(|segments| segments.join(&b'.')),
        vec(prop_oneof![Just(b'.'), Just(b'A'), Just(b'{'), Just(b'"')], 0..40),
    ]
}

/// Pieces of claims in any order: often well formed, seldom good.
pub(super) fn json_like() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "\n",
        "\"iss\"",
        "\"https://id.example\"",
        "\"aud\"",
        "\"door-42\"",
        "\"exp\"",
        "1700000300",
        "\"nbf\"",
        "-1",
        "1e400",
        "0.5",
        "null",
        "true",
        "\"a\"",
        "\"\\u0061\"",
        "\"\\ud800\"",
        "\"alg\"",
        "\"HS256\"",
        "\"crit\"",
        "{\"a\":1}",
        "[[]]",
    ]);
    let member = (prop::sample::select(vec!["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "x", "y"]), value())
        .prop_map(|(name, value)| format!("\"{name}\":{value}"));
    prop_oneof![
        vec(piece, 0..20).prop_map(|pieces| pieces.concat()),
        vec(member, 0..9).prop_map(|members| format!("{{{}}}", members.join(","))),
    ]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(format!("\"{ISSUER}\"")),
        Just(format!("\"{AUDIENCE}\"")),
        Just(format!("[\"{AUDIENCE}\"]")),
        (NOW - 100..NOW + 100).prop_map(|date| date.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        Just("null".to_owned()),
        Just("{}".to_owned()),
    ]
}

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn noise_is_never_accepted(token in noise(), now in any::<Option<u64>>()) {
        let mut ring = KeyRing::<4>::new();
        ring.add(b"a", Es256Key::from_sec1(POINT.as_slice()).expect("a point")).expect("room");
        ring.add(b"", Hs256Key::new(&[1; 32]).expect("long enough")).expect("room");
        let policy = Policy::danger_any_issuer_any_audience().allow_missing_expiry();
        prop_assert!(verdict(&ring, &policy, now.map(UnixSeconds), &token).is_err());
    }

    #[test]
    fn all_ways_agree_on_what_lies_behind_the_signature(payload in json_like(), now in NOW - 200..NOW + 200, leeway in 0..200u64) {
        let policy = Policy::issuer(ISSUER).audience(AUDIENCE).leeway(leeway);
        // The assertions are in `verdict`; either answer is right.
        let _ = verdict(&AcceptsAll, &policy, Some(UnixSeconds(now)), &unsigned(&payload));
        let _ = verdict(&AcceptsAll, &policy, None, &unsigned(&payload));
    }

    #[test]
    fn all_ways_agree_on_headers(header in json_like()) {
        let policy = Policy::danger_any_issuer_any_audience().allow_missing_expiry();
        let token = format!("{}.e30.{}", encode(&header), "A".repeat(43));
        let verdict = verdict(&AcceptsAll, &policy, None, token.as_bytes());
        let read = Header::read(header.as_bytes(), &Limits::DEFAULT).map(|header| header.algorithm().name());
        match read {
            Ok("HS256") => prop_assert!(verdict.is_ok()),
            Ok(_) => prop_assert!(verdict.is_err()),
            Err(refusal) => prop_assert_eq!(verdict, Err(refusal)),
        }
    }

    #[test]
    fn a_genuine_tag_saves_no_bad_payload(payload in vec(any::<u8>(), 0..60)) {
        let token = hs256(&[1; 32], r#"{"alg":"HS256"}"#, &payload);
        let key = Hs256Key::new(&[1; 32]).expect("long enough");
        let policy = Policy::issuer(ISSUER).audience(AUDIENCE);
        prop_assert!(verdict(&key, &policy, Some(UnixSeconds(NOW)), token.as_bytes()).is_err());
    }

    #[test]
    fn keys_are_read_or_refused(text in vec(any::<u8>(), 0..200), json in json_like(), point in vec(any::<u8>(), 0..70)) {
        let _ = Jwk::parse(&text).and_then(|jwk| jwk.key());
        let _ = Jwk::parse(json.as_bytes()).and_then(|jwk| jwk.key());
        let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, encode(&text));
        let key: Result<Key, _> = Jwk::parse(jwk.as_bytes()).and_then(|jwk| jwk.key());
        prop_assert_eq!(key.is_ok(), text.len() >= 32);
        prop_assert_eq!(Hs256Key::new(&text).is_ok(), text.len() >= 32);
        if let Ok(key) = Es256Key::from_sec1(&point) {
            prop_assert!(matches!((point.len(), point[0]), (33, 2 | 3) | (65, 4)), "{:?}", key);
        }
    }
}

/// A public key whose private key is dropped at once, so that no test can sign for it.
static POINT: std::sync::LazyLock<[u8; 65]> =
    std::sync::LazyLock::new(|| *Es256Pair::generate().expect("randomness").point());
