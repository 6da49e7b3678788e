//! Reads JWK sets (RFC 7517 §5). Keys that cannot be used are left out and listed.

use crate::json_object;
use crate::jwk;
use crate::jwk_members::{JwkMembers, kind};
use crate::key_error::{KeyFileError, SkippedKey};
use crate::key_fault::KeyFault;
use crate::key_options::KeyOptions;
use crate::key_set::KeySet;
use glowband_core::Refusal;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The outer object; its keys are read one by one, by the core's own strict reader.
#[derive(Deserialize)]
struct Outer<'t> {
    #[serde(borrow)]
    keys: Vec<&'t RawValue>,
}

pub(crate) fn read(text: &[u8], options: KeyOptions) -> Result<KeySet, KeyFileError> {
    let outer: Outer<'_> = json_object::read(text).ok_or_else(|| KeyFileError::Refused(fault(text)))?;
    let mut set = KeySet::new();
    let preparer = options.preparer();
    for (index, raw) in outer.keys.iter().enumerate() {
        let text = raw.get().as_bytes();
        match jwk::read(text, options, &preparer) {
            Ok(read) => set.add_read(read),
            Err(fault) => set.skip(SkippedKey { index, kid: jwk::kid(text), fault }),
        }
    }
    preparer.start();
    set.unless_empty()
}

/// Why the text is no JWK set.
fn fault(text: &[u8]) -> KeyFault {
    let refusal = Refusal::KeyMalformed;
    let Some(members) = JwkMembers::read(text) else {
        return KeyFault::whole(refusal, "The text is not a JSON object, as a JWK set is");
    };
    let count = members.0.iter().filter(|(name, _)| name == "keys").count();
    match members.0.iter().find(|(name, _)| name == "keys") {
        _ if count > 1 => KeyFault::member(refusal, "keys", "is there twice"),
        Some((_, value)) => KeyFault::member(refusal, "keys", format!("is {}; allowed: a list of JWKs", kind(value))),
        None => KeyFault::member(refusal, "keys", "is missing; allowed: a list of JWKs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Algorithm;

    const P256: &str = r#"{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

    fn set(keys: &str) -> Result<KeySet, KeyFileError> {
        read(format!("{{\"extra\":[1],\"keys\":[{keys}]}}").as_bytes(), KeyOptions::new())
    }

    #[test]
    fn unusable_keys_are_left_out_and_named() {
        let keys =
            set(&format!(r#"{{"kty":"EC","crv":"P-512","kid":"n\u0065w"}}, 7, {P256}, {{"kty":"RSA"}}"#)).unwrap();
        assert_eq!(keys.iter().collect::<Vec<_>>(), [(Some(b"a".as_slice()), Algorithm::Es256)]);
        let skipped: Vec<_> = keys.skipped().iter().map(|key| (key.index, key.kid.as_deref(), key.refusal())).collect();
        assert_eq!(
            skipped,
            [
                (0, Some("new"), Refusal::KeyUnsupported),
                (1, None, Refusal::JwkMalformed),
                (3, None, Refusal::JwkMalformed)
            ]
        );
    }

    #[test]
    fn a_set_without_a_usable_key_says_why() {
        let error = set(r#"{"kty":"EC","crv":"P-512","kid":"a"},{"kty":"RSA","n":"AQ","e":"AQAB"},7"#).unwrap_err();
        assert_eq!(error.refusal(), Refusal::KeyUnsupported);
        assert_eq!(
            error.to_string(),
            "None of 3 keys can be used: key 0 (kid \"a\"): crv is \"P-512\"; allowed for EC: P-256, P-384, P-521. \
             key 1: n has 1 bit; allowed: 2048 to 8192. key 2: The JWK is a number; allowed: an object."
        );
        let many = set(&vec!["7"; 40].join(",")).unwrap_err().to_string();
        assert!(
            many.contains("None of 40 keys") && many.contains("key 15:") && many.ends_with("And 24 more."),
            "{many}"
        );
        assert_eq!(set("").unwrap_err().refusal(), Refusal::KeyNotFound);
    }

    #[test]
    fn what_is_wrong_with_the_set_itself_is_said() {
        for (text, words) in [
            ("[]", "The text is not a JSON object, as a JWK set is."),
            ("{}", "keys is missing; allowed: a list of JWKs."),
            (r#"{"keys":{}}"#, "keys is an object; allowed: a list of JWKs."),
            (r#"{"keys":[],"keys":[]}"#, "keys is there twice."),
        ] {
            assert_eq!(read(text.as_bytes(), KeyOptions::new()).unwrap_err().to_string(), words);
        }
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for text in [
            "",
            "[]",
            "[[]]",
            "{}",
            r#"{"keys":{}}"#,
            r#"{"keys":null}"#,
            r#"{"keys":[],"keys":[]}"#,
            r#"{"keys":[]} x"#,
        ] {
            let error = read(text.as_bytes(), KeyOptions::new()).unwrap_err();
            assert_eq!(error.refusal(), Refusal::KeyMalformed, "{text}");
        }
    }

    #[test]
    fn what_is_no_utf_8_is_no_set_wherever_it_stands() {
        for (before, after) in [("{\"extra\":\"", "\","), ("{\"", "\":1,")] {
            let rest = format!("{after}\"keys\":[{P256}]}}");
            let text = |middle: &[u8]| [before.as_bytes(), middle, rest.as_bytes()].concat();
            assert!(read(&text("\u{e0}".as_bytes()), KeyOptions::new()).is_ok());
            let error = read(&text(b"\xe0"), KeyOptions::new()).unwrap_err();
            assert_eq!(error.refusal(), Refusal::KeyMalformed, "{before}");
        }
    }

    #[test]
    fn a_list_in_place_of_the_outer_object_is_no_set() {
        let error = read(format!("[[{P256}]]").as_bytes(), KeyOptions::new()).unwrap_err();
        assert_eq!(error.refusal(), Refusal::KeyMalformed);
    }

    #[test]
    fn a_set_may_hold_many_keys() {
        let many = vec![P256; 500].join(",");
        assert_eq!(set(&many).unwrap().len(), 500);
    }
}
