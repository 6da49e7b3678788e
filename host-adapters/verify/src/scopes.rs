//! The scopes of a token: the claim `scope` (RFC 8693 §4.2, RFC 9068 §2.2.3), or `scp` of some providers.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The scopes of a token, without duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    names: Vec<Box<str>>,
}

impl Scopes {
    /// Reads the scopes of a claims set: a string of names with spaces between them, or an array of names.
    ///
    /// `scope` is used if it has one of these forms, otherwise `scp`. A claim of another JSON type is ignored.
    pub(crate) fn read(claims: &[u8]) -> Self {
        let Ok(Claim { scope, scp }) = serde_json::from_slice(claims) else {
            return Self::default();
        };
        scope.and_then(names).or_else(|| scp.and_then(names)).unwrap_or_default()
    }

    /// Returns true if `name` is one of them, compared byte by byte.
    pub fn contains(&self, name: &str) -> bool {
        self.names.iter().any(|own| **own == *name)
    }

    /// Returns the names, in the order of the token.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// Returns true if there are no scopes.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Each claim as it is written, so that one of another JSON type does not hide the other.
#[derive(Deserialize)]
struct Claim<'t> {
    #[serde(borrow)]
    scope: Option<&'t RawValue>,
    #[serde(borrow)]
    scp: Option<&'t RawValue>,
}

/// Returns the names in a claim; `None` for a JSON type that no provider uses for scopes.
fn names(claim: &RawValue) -> Option<Scopes> {
    let mut scopes = Scopes::default();
    let mut add = |name: &str| {
        if !name.is_empty() && !scopes.contains(name) {
            scopes.names.push(name.into());
        }
    };
    if let Ok(text) = serde_json::from_str::<String>(claim.get()) {
        text.split(' ').for_each(&mut add);
    } else {
        serde_json::from_str::<Vec<String>>(claim.get()).ok()?.iter().for_each(|name| add(name));
    }
    Some(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(claims: &str) -> Vec<String> {
        Scopes::read(claims.as_bytes()).iter().map(str::to_owned).collect()
    }

    #[test]
    fn scopes_are_read_in_the_forms_that_providers_use() {
        assert_eq!(read(r#"{"scope":"orders:read orders:write"}"#), ["orders:read", "orders:write"]);
        assert_eq!(read(r#"{"scope":"  a  a b "}"#), ["a", "b"]);
        assert_eq!(read(r#"{"scope":["a","b"]}"#), ["a", "b"]);
        assert_eq!(read(r#"{"scp":["a","b"]}"#), ["a", "b"]);
        assert_eq!(read(r#"{"scp":"a b"}"#), ["a", "b"]);
        assert_eq!(read(r#"{"scope":"a","scp":"b"}"#), ["a"], "the registered name wins");
    }

    #[test]
    fn an_unreadable_claim_does_not_hide_a_readable_one() {
        for other in ["7", "[7]", r#"["b",7]"#, r#"{"a":1}"#, "null", "true", "1e400", "[[]]"] {
            assert_eq!(read(&format!(r#"{{"scope":"a","scp":{other}}}"#)), ["a"], "{other}");
            assert_eq!(read(&format!(r#"{{"scope":["a"],"scp":{other}}}"#)), ["a"], "{other}");
            assert_eq!(read(&format!(r#"{{"scope":{other},"scp":["a","b"]}}"#)), ["a", "b"], "{other}");
            assert_eq!(read(&format!(r#"{{"scp":"a b","scope":{other}}}"#)), ["a", "b"], "{other}");
            assert!(read(&format!(r#"{{"scope":{other},"scp":{other}}}"#)).is_empty(), "{other}");
        }
        assert!(read(r#"{"scope":"","scp":"a"}"#).is_empty(), "a scope that is empty is readable");
    }

    #[test]
    fn what_cannot_be_read_allows_nothing() {
        for claims in [
            r#"{}"#,
            r#"{"scope":7}"#,
            r#"{"scope":[7]}"#,
            r#"{"scope":{"a":1}}"#,
            r#"{"scope":null}"#,
            r#"{"scp":[7,"a"]}"#,
            "",
            "[]",
        ] {
            assert!(read(claims).is_empty(), "{claims}");
        }
        let scopes = Scopes::read(br#"{"scope":"orders:read"}"#);
        assert!(!scopes.contains("orders") && !scopes.contains("Orders:read") && !scopes.contains(""));
    }
}
