//! What another implementation signs is read back as it was written.

use super::cases;
use glowband_core::{Es256Key, Hs256Key, Policy, UnixSeconds, Value as Read, Verifier};
use glowband_tests::accepts_all::verdict;
use glowband_tests::claims_text::{AUDIENCE, ISSUER, NOW};
use glowband_tests::signing::{Es256Pair, hs256};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static PAIR: LazyLock<Es256Pair> = LazyLock::new(|| Es256Pair::generate().expect("randomness"));

/// Text with everything that needs an escape, or does not.
fn text() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![any::<char>(), Just('"'), Just('\\'), Just('\u{1f}'), Just('😀'), prop::char::range(' ', '~')],
        0..12,
    )
    .prop_map(|characters| characters.into_iter().collect())
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        // Quarters are exact in every reader.
        any::<i32>().prop_map(|quarters| Value::from(f64::from(quarters) / 4.0)),
    ]
}

fn private_claims() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let value = leaf().prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(text(), inner, 0..4).prop_map(|members| json!(members)),
        ]
    });
    btree_map(text().prop_map(|name| format!("x{name}")), value, 0..6)
}

/// The member as the core reads it is the member as it was written.
fn same(read: Option<Read<'_>>, written: &Value) -> bool {
    match (read, written) {
        (Some(Read::Text(text)), Value::String(own)) => text == *own.as_str(),
        (Some(Read::Number(digits)), Value::Number(own)) => digits == own.to_string(),
        (Some(Read::Bool(value)), Value::Bool(own)) => value == *own,
        (Some(Read::Null), Value::Null) => true,
        (Some(Read::Object(text) | Read::Array(text)), own) => {
            serde_json::from_str::<Value>(text).is_ok_and(|value| value == *own)
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_claims_come_back(
        private in private_claims(),
        subject in text(),
        token_id in text(),
        others in vec(text(), 0..4),
        place in any::<prop::sample::Index>(),
        life in 1..1_000_000u64,
        spaced in any::<bool>(),
    ) {
        let mut audiences = others;
        audiences.insert(place.index(audiences.len() + 1), AUDIENCE.to_owned());
        let mut claims = json!({
            "iss": ISSUER, "sub": subject, "aud": audiences, "exp": NOW + life, "nbf": NOW, "iat": NOW, "jti": token_id,
        });
        for (name, value) in &private {
            claims[name] = value.clone();
        }
        let payload =
            if spaced { serde_json::to_string_pretty(&claims).expect("json") } else { claims.to_string() };
        let secret = [9; 40];
        let key = Hs256Key::new(&secret).expect("long enough");
        let policy = Policy::issuer(ISSUER).audience(AUDIENCE).subject(&subject);
        let token = hs256(&secret, r#"{"alg":"HS256"}"#, &payload).into_bytes();
        let now = Some(UnixSeconds(NOW));
        prop_assert_eq!(verdict(&key, &policy, now, &token), Ok(payload.clone().into_bytes()));

        let mut token = token;
        let verified = Verifier::new(&key, &policy).verify_in_place(&mut token, now).expect("accepted");
        for (name, value) in &private {
            prop_assert!(same(verified.claim(name), value), "{name}: {value} is {:?}", verified.claim(name));
        }
        prop_assert_eq!(verified.claim("y"), None);
        prop_assert!(verified.subject().is_some_and(|read| read == *subject.as_str()));
        prop_assert!(verified.token_id().is_some_and(|read| read.to_string() == token_id));
        let read: Vec<String> = verified.audience().expect("aud").iter().map(|one| one.to_string()).collect();
        prop_assert_eq!(read, audiences);
        prop_assert_eq!(verified.expires_at().map(|date| date.floor().unsigned_abs()), Some(NOW + life));
        prop_assert_eq!(verified.acceptable_until(), Some(UnixSeconds(NOW + life - 1)));
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn any_payload_comes_back_under_es256(payload in vec(any::<u8>(), 0..200), kid in text()) {
        let header = json!({"alg": "ES256", "kid": kid}).to_string();
        let token = PAIR.es256(&header, &payload).expect("randomness");
        let key = Es256Key::from_sec1(PAIR.point()).expect("a point");
        let mut own = token.clone().into_bytes();
        let proven = glowband_core::SignatureVerifier::new(&key).verify_in_place(&mut own).expect("genuine");
        prop_assert_eq!(proven.payload(), payload);
        prop_assert!(proven.header().key_id().is_some_and(|read| read == *kid.as_str()));
        let other = Es256Pair::generate().expect("randomness");
        let other = Es256Key::from_sec1(other.point()).expect("a point");
        let policy = Policy::danger_any_issuer_any_audience();
        prop_assert!(verdict(&other, &policy, None, token.as_bytes()).is_err());
    }
}
