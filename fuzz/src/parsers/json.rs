//! JSON text against serde_json, duplicate names detected; then every value that a caller can ask for.

use crate::reading::json;
use crate::reading::why::agree;
use glowband_core::{Claims, Limits, MAX_JSON, Policy, UnixSeconds, Value, Verifier};
use glowband_tests::accepts_all::{AcceptsAll, unsigned};

pub fn compare(text: &[u8]) {
    let own = Claims::read(text, &Limits::DEFAULT);
    let other = json::object(text);
    agree(&own, &other, text);
    let Ok(members) = other else { return };
    assert_eq!(own.expect("both accept").json(), text);
    // A policy that minds nothing lets every value be asked for, unless a registered claim has the wrong type.
    let policy = Policy::danger_any_issuer_any_audience()
        .allow_missing_expiry()
        .leeway(u64::MAX)
        .limits(Limits::DEFAULT.token_bytes(2 * MAX_JSON));
    let mut token = unsigned(text);
    let Ok(verified) = Verifier::new(&AcceptsAll, &policy).verify_in_place(&mut token, UnixSeconds(0)) else { return };
    assert_eq!(verified.payload(), text);
    for (name, raw) in members.iter().take(24) {
        let own = verified.claim(name).unwrap_or_else(|| panic!("{name:?} is not found"));
        let other: serde_json::Value = serde_json::from_str(raw.get()).expect("it was read once");
        assert!(same(&own, &other), "{name:?}: {own:?} {other:?}");
    }
    assert_eq!(verified.claim("no such name\u{1}").is_some(), members.contains_key("no such name\u{1}"));
}

fn same(own: &Value<'_>, other: &serde_json::Value) -> bool {
    use serde_json::Value as Other;
    match (own, other) {
        (Value::Null, Other::Null) => true,
        (Value::Bool(own), Other::Bool(other)) => own == other,
        (Value::Number(written), Other::Number(number)) => {
            assert_eq!(own.as_i64(), written.parse().ok());
            serde_json::from_str::<serde_json::Number>(written).is_ok_and(|read| read == *number)
        }
        (Value::Text(text), Other::String(other)) => {
            let mut buffer = vec![0; other.len()];
            *text == *other.as_str()
                && text.chars().eq(other.chars())
                && text.bytes().eq(other.bytes())
                && text.to_str(&mut buffer) == Some(other)
                && text.is_empty() == other.is_empty()
                && text.raw_length() >= other.len()
        }
        (Value::Array(written), Other::Array(several)) => {
            let elements: Vec<_> = own.as_array().expect("it is one").collect();
            assert!(written.starts_with('[') && elements.len() == several.len(), "{written}");
            elements.iter().zip(several).all(|(own, other)| same(own, other))
        }
        (Value::Object(written), Other::Object(_)) => {
            serde_json::from_str::<Other>(written).is_ok_and(|read| read == *other)
        }
        _ => false,
    }
}
