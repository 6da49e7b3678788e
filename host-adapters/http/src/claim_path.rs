//! The path of a claim in a token: a name, names separated by dots, or a JSON pointer.

use serde_json::Value;
use std::fmt;

/// The path of a claim.
///
/// - A path that begins with `/` is a JSON pointer (RFC 6901), for example `/realm_access/roles`. `~1` means `/`, `~0`
///   means `~`.
/// - Any other path is a list of names separated by dots: `realm_access.roles` is `roles` in `realm_access`. Names may
///   contain dots themselves, because the longest existing name is used: `https://id.example/roles` and
///   `resource_access.my.client.roles` need no quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimPath {
    text: Box<str>,
}

/// Why a text is not a claim path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimPathError {
    /// The text is empty.
    Empty,
    /// A name is empty: there is a dot at the beginning, at the end, or next to another dot.
    EmptyName,
    /// The JSON pointer has a `~` that is not followed by 0 or 1.
    Pointer,
}

impl ClaimPath {
    /// Parses a path.
    ///
    /// # Errors
    /// Returns [`ClaimPathError`] if the text is empty or malformed.
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

    /// Returns the path as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the claim's value, or `None` if the token does not have the claim.
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
            Self::Empty => "the claim path is empty; allowed: a name, names separated by dots, or a JSON pointer",
            Self::EmptyName => "the claim path has an empty name; remove the extra dot",
            Self::Pointer => "the JSON pointer has a ~ that is not followed by 0 or 1 (RFC 6901 section 3)",
        })
    }
}

impl std::error::Error for ClaimPathError {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_claim_is_found_by_each_form_of_its_path() {
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
    fn malformed_paths_are_refused() {
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
