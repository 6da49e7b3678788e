//! The policy file as it is written: TOML, every name known, nothing judged yet.

use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A policy file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PolicyFile {
    pub(super) listen: Option<SocketAddr>,
    pub(super) issuer: Option<OneOrMany>,
    pub(super) audience: Option<OneOrMany>,
    #[serde(default)]
    pub(super) danger_any_issuer_any_audience: bool,
    pub(super) token_type: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) leeway: Option<Seconds>,
    pub(super) max_age: Option<Seconds>,
    #[serde(default)]
    pub(super) allow_missing_expiry: bool,
    #[serde(default)]
    pub(super) require_scopes: Vec<String>,
    pub(super) realm: Option<String>,
    pub(super) cookie: Option<String>,
    #[serde(default)]
    pub(super) allow_origins: Vec<String>,
    pub(super) cache_bytes: Option<usize>,
    pub(super) keys: Option<Keys>,
}

/// Where the keys come from: exactly one of the first four.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Keys {
    pub(super) discover: Option<String>,
    pub(super) jwks_url: Option<String>,
    pub(super) file: Option<PathBuf>,
    pub(super) secret_file: Option<PathBuf>,
    pub(super) timeout: Option<Seconds>,
    pub(super) refresh_every: Option<Seconds>,
    pub(super) drop_after: Option<Seconds>,
    pub(super) root_certificates: Option<PathBuf>,
    pub(super) bearer_file: Option<PathBuf>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) header_files: BTreeMap<String, PathBuf>,
    #[serde(default)]
    pub(super) proxy_from_environment: bool,
    #[serde(default)]
    pub(super) danger_allow_plain_http_on_loopback: bool,
    #[serde(default)]
    pub(super) danger_allow_plain_http_to: Vec<String>,
}

/// One text, or several of which any will do.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a string or an array of strings")]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
        .iter()
        .map(String::as_str)
    }
}

/// Seconds as a whole number, or a text with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seconds(pub(super) u64);

impl<'t> Deserialize<'t> for Seconds {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl de::Visitor<'_> for NumberOrText {
            type Value = Seconds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("whole seconds (90) or a text with a unit: \"90s\", \"5m\", \"1h\", \"30d\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Seconds, E> {
                let seconds = u64::try_from(number);
                seconds.map(Seconds).map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Seconds, E> {
                let seconds = crate::duration::seconds(text);
                seconds.map(Seconds).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(NumberOrText)
    }
}
