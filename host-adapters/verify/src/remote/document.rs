//! What a server sent, and what it probably is where it is not keys.

use crate::KeyFileError;
use crate::remote::{FetchError, FetchFault};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
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
        if members.may_be_keys {
            return None;
        }
        if members.is_configuration {
            return Some(FetchFault::OpenIdConfiguration { jwks_uri: members.jwks_uri });
        }
        Some(FetchFault::OtherJson { content_type, members: members.first })
    }
}

/// The members of a JSON object that show which document it is.
#[derive(Default)]
struct Members {
    /// The names of a few.
    first: Vec<String>,
    /// It has `keys` or `kty`; or a text in PEM, as some issuers publish certificates by their key's name.
    may_be_keys: bool,
    is_configuration: bool,
    jwks_uri: Option<String>,
}

/// How many names are kept.
const FIRST: usize = 5;

impl Members {
    fn read(body: &[u8]) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        deserializer.deserialize_map(MembersOnly).ok()
    }
}

struct MembersOnly;

impl<'d> Visitor<'d> for MembersOnly {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'d>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some((name, value)) = map.next_entry::<String, &'d RawValue>()? {
            match &*name {
                "keys" | "kty" => members.may_be_keys = true,
                "jwks_uri" => {
                    members.is_configuration = true;
                    members.jwks_uri = serde_json::from_str(value.get()).ok();
                }
                _ => members.may_be_keys |= value.get().starts_with("\"-----BEGIN"),
            }
            if members.first.len() < FIRST {
                members.first.push(name);
            }
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
