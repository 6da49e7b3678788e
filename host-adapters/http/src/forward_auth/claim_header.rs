//! A claim of the token as a header of the answer.

use crate::claim_path::{ClaimPath, ClaimPathError};
use crate::header_text::{encoded, encoded_element};
use serde_json::Value;
use std::fmt;

/// Reserved names: headers that every answer has, and headers with a meaning in HTTP or for proxies.
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

/// A header and its claim.
#[derive(Clone, Debug)]
pub(super) struct ClaimHeader {
    /// The header's name in lower case.
    name: Box<str>,
    claim: ClaimPath,
}

/// Why a claim cannot be returned in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClaimHeaderError {
    /// The name has characters other than letters, digits and hyphens, or is empty.
    Name(String),
    /// The name is reserved.
    Taken(String),
    /// The header is already used.
    DuplicateHeader(String),
    /// The claim's path is malformed.
    Claim(ClaimPathError),
}

impl ClaimHeader {
    pub(super) fn new(name: &str, claim: &str) -> Result<Self, ClaimHeaderError> {
        // HTTP allows underscores, but CGI and WSGI treat them as hyphens, and nginx drops such headers.
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

    /// Returns the claim as a header value; empty if the claim is missing or an object.
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
            Self::Name(name) => write!(f, "{name:?} is not a header name; allowed: letters, digits and hyphens"),
            Self::Taken(name) => write!(f, "the header name {name} is reserved; choose another name"),
            Self::DuplicateHeader(name) => write!(f, "the header {name} occurs twice; allowed: once"),
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
    fn claims_of_every_type_become_header_values() {
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
    fn malformed_and_reserved_names_are_refused() {
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
