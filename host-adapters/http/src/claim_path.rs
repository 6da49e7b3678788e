//! Where in a token a claim stands: a name, names with dots between them, or a JSON pointer.

use serde_json::Value;
use std::fmt;

/// A claim, perhaps within others.
///
/// - `/realm_access/roles` is a JSON pointer (RFC 6901): `~1` stands for `/`, `~0` for `~`.
/// - `realm_access.roles` is `roles` within `realm_access`. Names may have dots of their own: of the names that are
///   there, the longest is taken, so that `https://id.example/roles` and `resource_access.my.client.roles` need no
///   quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath {
    text: Box<str>,
}

/// Why a text names no claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimPathError {
    /// It is empty.
    Empty,
    /// A name of it is empty: a dot stands at the beginning, at the end, or beside another one.
    EmptyName,
    /// It is a JSON pointer with a `~` that neither 0 nor 1 follows.
    Pointer,
}

impl ClaimPath {
    /// Reads a path.
    ///
    /// # Errors
    /// [`ClaimPathError`].
    pub fn parse(text: &str) -> Result<Self, ClaimPathError> {
        if text.trim().is_empty() {
            return Err(ClaimPathError::Empty);
        }
        if text.starts_with('/') {
            let escapes = text.split('~').skip(1);
            if !escapes.into_iter().all(|rest| rest.starts_with(['0', '1'])) {
                return Err(ClaimPathError::Pointer);
            }
        } else if text.split('.').any(str::is_empty) {
            return Err(ClaimPathError::EmptyName);
        }
        Ok(Self { text: text.into() })
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The claim's value; `None` if it is absent.
    pub(crate) fn find<'v>(&self, claims: &'v Value) -> Option<&'v Value> {
        if self.text.starts_with('/') {
            return claims.pointer(&self.text);
        }
        let (mut value, mut rest) = (claims, &*self.text);
        loop {
            let members = value.as_object()?;
            if let Some(found) = members.get(rest) {
                return Some(found);
            }
            let heads = rest.rmatch_indices('.').map(|(at, _)| rest.split_at(at));
            let (inner, tail) =
                heads.into_iter().find_map(|(head, tail)| Some((members.get(head)?, tail.get(1..)?)))?;
            (value, rest) = (inner, tail);
        }
    }
}

impl fmt::Display for ClaimPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name of the claim is empty",
            Self::EmptyName => "a name between two dots is empty",
            Self::Pointer => "in a JSON pointer, 0 or 1 follows each ~ (RFC 6901 section 3)",
        })
    }
}

impl std::error::Error for ClaimPathError {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_claim_is_found_by_any_of_its_names() {
        let claims = json!({
            "email": "a@b",
            "realm_access": {"roles": ["r"]},
            "resource_access": {"my.client": {"roles": ["c"]}, "my": {"x": 1}},
            "https://id.example/roles": ["u"],
            "https://id.example/app": {"a/b": 1, "deep": {"er": 2}},
            "a.b": {"c": 3}, "a": {"b.c": 4, "d": 5},
            "m~n": 6, "": 7, "list": [{"x": 8}],
        });
        for (path, found) in [
            ("email", json!("a@b")),
            ("/email", json!("a@b")),
            ("realm_access.roles", json!(["r"])),
            ("/realm_access/roles", json!(["r"])),
            ("resource_access.my.client.roles", json!(["c"])),
            ("/resource_access/my.client/roles", json!(["c"])),
            ("https://id.example/roles", json!(["u"])),
            ("/https:~1~1id.example~1roles", json!(["u"])),
            ("https://id.example/app.a/b", json!(1)),
            ("https://id.example/app.deep.er", json!(2)),
            ("a.b.c", json!(3)),
            ("/a/b.c", json!(4)),
            ("a.d", json!(5)),
            ("m~n", json!(6)),
            ("/m~0n", json!(6)),
            ("/list/0/x", json!(8)),
        ] {
            assert_eq!(ClaimPath::parse(path).unwrap().find(&claims), Some(&found), "{path}");
        }
        for path in ["roles", "email.x", "realm_access", "/", "/realm_access/roles/1", "a.b.d", "list.0.x", "Email"] {
            let found = ClaimPath::parse(path).unwrap().find(&claims);
            let expected = match path {
                "realm_access" => Some(json!({"roles": ["r"]})),
                "/" => Some(json!(7)),
                _ => None,
            };
            assert_eq!(found, expected.as_ref(), "{path}");
        }
    }

    #[test]
    fn what_names_no_claim_is_refused() {
        for (text, error) in [
            ("", ClaimPathError::Empty),
            (" ", ClaimPathError::Empty),
            (".", ClaimPathError::EmptyName),
            ("a.", ClaimPathError::EmptyName),
            (".a", ClaimPathError::EmptyName),
            ("a..b", ClaimPathError::EmptyName),
            ("/a~", ClaimPathError::Pointer),
            ("/a~2b", ClaimPathError::Pointer),
        ] {
            assert_eq!(ClaimPath::parse(text), Err(error), "{text}");
        }
    }
}
