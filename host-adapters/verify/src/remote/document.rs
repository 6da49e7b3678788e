//! What a server sent, and what it probably is where it is not keys.

use crate::KeyFileError;
use crate::remote::{FetchError, FetchFault};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;
use std::time::Duration;

/// An answer with status 200.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) body: Vec<u8>,
    /// Printable, and of a sensible length.
    pub(crate) content_type: Option<String>,
    /// How long the server says that it may be used.
    pub(crate) fresh_for: Option<Duration>,
    /// The URL that it came from.
    pub(crate) url: String,
}

impl Document {
    /// Says why no keys were read from the document: by the reader's error, or by what the document evidently is.
    pub(crate) fn without_keys(&self, error: KeyFileError) -> FetchError {
        let content_type = self.content_type.clone();
        let fault = self.other_kind().unwrap_or(FetchFault::NotKeys { error, content_type });
        FetchError::from(fault).at(&self.url)
    }

    /// Says what the document is, if it is evidently something else than keys.
    pub(crate) fn other_kind(&self) -> Option<FetchFault> {
        let content_type = self.content_type.clone();
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body).trim_ascii_start();
        match body {
            [] => return Some(FetchFault::Empty),
            [b'<', ..] => return Some(FetchFault::Html { content_type }),
            [0x1f, 0x8b, ..] => return Some(FetchFault::Encoded("gzip, without a Content-Encoding".to_owned())),
            [b'{', ..] => {}
            _ => return None,
        }
        let members = Members::read(body)?;
        if members.has("keys") || members.has("kty") || members.values_are_pem {
            return None;
        }
        if members.has("jwks_uri") {
            return Some(FetchFault::OpenIdConfiguration { jwks_uri: members.jwks_uri });
        }
        let members = members.names.into_iter().take(5).collect();
        Some(FetchFault::OtherJson { content_type, members })
    }
}

/// The members of a JSON object, as far as they tell what it is.
#[derive(Default)]
struct Members {
    names: Vec<String>,
    jwks_uri: Option<String>,
    /// Certificates by their key's name, as some issuers publish them.
    values_are_pem: bool,
}

impl Members {
    fn read(body: &[u8]) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        deserializer.deserialize_map(MembersOnly).ok()
    }

    fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }
}

struct MembersOnly;

/// A text, or anything else.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Other(IgnoredAny),
}

impl<'d> Visitor<'d> for MembersOnly {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if let Value::Text(text) = value {
                members.values_are_pem |= text.trim_ascii_start().starts_with("-----BEGIN");
                if name == "jwks_uri" {
                    members.jwks_uri = Some(text);
                }
            }
            members.names.push(name);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(body: &[u8]) -> Option<FetchFault> {
        let url = "https://id.example/k".to_owned();
        Document { body: body.to_vec(), content_type: None, fresh_for: None, url }.other_kind()
    }

    #[test]
    fn what_is_evidently_something_else_is_named() {
        assert_eq!(kind(b" \r\n"), Some(FetchFault::Empty));
        for html in ["<html>", "\u{feff}\n<!DOCTYPE html>", "<?xml?>"] {
            assert_eq!(kind(html.as_bytes()), Some(FetchFault::Html { content_type: None }));
        }
        assert!(matches!(kind(b"\x1f\x8b\x08rest"), Some(FetchFault::Encoded(_))));
        let uri = Some("https://id.example/k".to_owned());
        let configuration = br#"{"issuer":"https://id.example","jwks_uri":"https://id.example/k","x":[1]}"#;
        assert_eq!(kind(configuration), Some(FetchFault::OpenIdConfiguration { jwks_uri: uri }));
        let members = ["error", "message"].map(str::to_owned).to_vec();
        let other = Some(FetchFault::OtherJson { content_type: None, members });
        assert_eq!(kind(br#"{"error":7,"message":"no"}"#), other);
    }

    #[test]
    fn what_may_be_keys_is_left_to_their_reader() {
        for text in [
            r#"{"keys":[]}"#,
            r#"{"keys":[],"jwks_uri":"x"}"#,
            r#"{"kty":"EC"}"#,
            r#"{"a":"-----BEGIN CERTIFICATE-----"}"#,
            r#"{"half":"#,
            "[]",
            "text",
            "-----BEGIN PUBLIC KEY-----",
        ] {
            assert_eq!(kind(text.as_bytes()), None, "{text}");
        }
    }
}
