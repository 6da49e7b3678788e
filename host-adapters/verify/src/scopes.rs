//! What a token allows: the claim `scope` (RFC 8693 §4.2, RFC 9068 §2.2.3), or `scp` where a provider calls it so.

use serde::Deserialize;

/// The scopes of a token, none of them twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    names: Vec<Box<str>>,
}

impl Scopes {
    /// Reads the scopes of a claims set: a string of names with spaces between them, or an array of names.
    ///
    /// Another JSON type stands for no scopes at all: what cannot be read allows nothing.
    pub(crate) fn read(claims: &[u8]) -> Self {
        match serde_json::from_slice(claims) {
            Ok(Claim { scope: Some(scope), .. } | Claim { scope: None, scp: Some(scope) }) => scope.into(),
            Ok(Claim { scope: None, scp: None }) | Err(_) => Self::default(),
        }
    }

    /// Whether `name` is one of them, byte by byte.
    pub fn contains(&self, name: &str) -> bool {
        self.names.iter().any(|own| **own == *name)
    }

    /// The names, in the token's order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    /// Whether the token allows nothing.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

#[derive(Deserialize)]
struct Claim {
    scope: Option<Form>,
    scp: Option<Form>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Spaced(String),
    List(Vec<String>),
}

impl From<Form> for Scopes {
    fn from(form: Form) -> Self {
        let mut scopes = Self::default();
        let mut add = |name: &str| {
            if !name.is_empty() && !scopes.contains(name) {
                scopes.names.push(name.into());
            }
        };
        match form {
            Form::Spaced(text) => text.split(' ').for_each(&mut add),
            Form::List(names) => names.iter().for_each(|name| add(name)),
        }
        scopes
    }
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
    fn what_cannot_be_read_allows_nothing() {
        for claims in
            [r#"{}"#, r#"{"scope":7}"#, r#"{"scope":[7]}"#, r#"{"scope":{"a":1}}"#, r#"{"scope":null}"#, "", "[]"]
        {
            assert!(read(claims).is_empty(), "{claims}");
        }
        let scopes = Scopes::read(br#"{"scope":"orders:read"}"#);
        assert!(!scopes.contains("orders") && !scopes.contains("Orders:read") && !scopes.contains(""));
    }
}
