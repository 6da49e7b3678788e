//! A claim of a good token as a header of the answer.

use crate::claim_path::{ClaimPath, ClaimPathError};
use crate::header_text::{encoded, encoded_element};
use serde_json::Value;
use std::fmt;

/// Names that every answer has already, or that mean something to the proxy or to HTTP itself.
const TAKEN: &[&str] = &[
    "x-auth-subject",
    "x-auth-scope",
    "x-auth-issuer",
    "x-auth-token-id",
    "x-auth-expires",
    "x-auth-client",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "host",
    "keep-alive",
    "location",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "retry-after",
    "server",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "www-authenticate",
];

/// A header and the claim that it is filled from.
#[derive(Clone, Debug)]
pub(super) struct ClaimHeader {
    /// In lower case.
    name: Box<str>,
    claim: ClaimPath,
}

/// Why a claim cannot become this header.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimHeaderError {
    /// The header's name is not letters, digits and hyphens.
    Name(String),
    /// The header has a meaning of its own.
    Taken(String),
    /// The header was given before.
    Twice(String),
    /// The text names no claim.
    Claim(ClaimPathError),
}

impl ClaimHeader {
    pub(super) fn new(name: &str, claim: &str) -> Result<Self, ClaimHeaderError> {
        // An underscore is allowed in HTTP, but to CGI and WSGI it is the same as a hyphen, and nginx drops it.
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if name.is_empty() || !plain {
            return Err(ClaimHeaderError::Name(name.to_owned()));
        }
        let name = name.to_ascii_lowercase();
        if TAKEN.contains(&name.as_str()) {
            return Err(ClaimHeaderError::Taken(name));
        }
        let claim = ClaimPath::parse(claim).map_err(ClaimHeaderError::Claim)?;
        Ok(Self { name: name.into(), claim })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The claim as a header's value; empty if it is absent or has no form for a header.
    pub(super) fn value(&self, claims: &Value) -> String {
        match self.claim.find(claims) {
            Some(Value::Array(values)) => {
                let texts = values.iter().filter_map(scalar).map(|text| encoded_element(&text));
                texts.collect::<Vec<_>>().join(",")
            }
            Some(value) => scalar(value).map(|text| encoded(&text)).unwrap_or_default(),
            None => String::new(),
        }
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl fmt::Display for ClaimHeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name:?} is not a header: allowed are letters, digits and hyphens"),
            Self::Taken(name) => write!(f, "the header {name} has a meaning of its own; allowed is any other name"),
            Self::Twice(name) => write!(f, "the header {name} is there twice; once is allowed"),
            Self::Claim(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ClaimHeaderError {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(claim: &str, claims: &Value) -> String {
        ClaimHeader::new("X-Auth-Claim", claim).unwrap().value(claims)
    }

    #[test]
    fn every_kind_of_claim_has_a_form_or_none() {
        let claims = json!({
            "email": "ada@example.com", "age": 36, "verified": true, "rate": 1.5, "nothing": null,
            "realm_access": {"roles": ["a", "b c", 7, null, ["x"], {"y": 1}, "d,e", "100%", ""]},
            "empty": [], "name": "Zoë\r\nX-Auth-Subject: root", "edge": " a ",
        });
        for (claim, expected) in [
            ("email", "ada@example.com"),
            ("age", "36"),
            ("verified", "true"),
            ("rate", "1.5"),
            ("nothing", ""),
            ("absent", ""),
            ("realm_access", ""),
            ("realm_access.roles", "a,b c,7,d%2Ce,100%25,"),
            ("/realm_access/roles/0", "a"),
            ("empty", ""),
            ("name", "Zo%C3%AB%0D%0AX-Auth-Subject: root"),
            ("edge", "%20a%20"),
        ] {
            assert_eq!(value(claim, &claims), expected, "{claim}");
        }
    }

    #[test]
    fn only_names_of_ones_own_are_taken() {
        for name in ["", "X Auth", "X_Auth", "X-Auth:", "X-Auth\r\n", "é"] {
            assert_eq!(ClaimHeader::new(name, "a").unwrap_err(), ClaimHeaderError::Name(name.to_owned()));
        }
        for name in ["x-auth-subject", "X-Auth-Scope", "Content-Length", "SET-COOKIE", "Authorization"] {
            assert_eq!(ClaimHeader::new(name, "a").unwrap_err(), ClaimHeaderError::Taken(name.to_ascii_lowercase()));
        }
        assert_eq!(ClaimHeader::new("X-A", "").unwrap_err(), ClaimHeaderError::Claim(ClaimPathError::Empty));
        assert_eq!(ClaimHeader::new("X-Auth-Email", "email").unwrap().name(), "x-auth-email");
    }
}
