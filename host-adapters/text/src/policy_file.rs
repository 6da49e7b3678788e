//! The form of the policy file (TOML): parses it and refuses unknown names. The values are checked elsewhere.

use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A policy file. A file for one issuer has its settings at the top level, a file for several has them in `[[issuers]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PolicyFile {
    pub listen: Option<SocketAddr>,
    pub issuer: Option<OneOrMany>,
    pub tenants: Option<Vec<String>>,
    pub audience: Option<OneOrMany>,
    #[serde(default)]
    pub danger_any_issuer_any_audience: bool,
    pub token_type: Option<OneOrMany>,
    pub algorithms: Option<OneOrMany>,
    pub subject: Option<OneOrMany>,
    pub subject_prefix: Option<OneOrMany>,
    pub client: Option<OneOrMany>,
    pub leeway: Option<Seconds>,
    pub max_age: Option<Seconds>,
    #[serde(default)]
    pub allow_missing_expiry: bool,
    #[serde(default)]
    pub danger_allow_padding: bool,
    #[serde(default)]
    pub danger_accept_bound_tokens: bool,
    #[serde(default)]
    pub require_scopes: Vec<String>,
    pub realm: Option<String>,
    pub cookie: Option<String>,
    pub token_header: Option<String>,
    #[serde(default)]
    pub appended_path: bool,
    #[serde(default)]
    pub allow_origins: Vec<String>,
    pub cache_bytes: Option<usize>,
    #[serde(default)]
    pub require: Vec<Require>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub limits: Limits,
    pub keys: Option<Keys>,
    #[serde(default)]
    pub issuers: Vec<IssuerTable>,
}

/// The settings of one of several issuers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IssuerTable {
    pub issuer: Option<OneOrMany>,
    pub tenants: Option<Vec<String>>,
    pub audience: Option<OneOrMany>,
    pub token_type: Option<OneOrMany>,
    pub algorithms: Option<OneOrMany>,
    pub subject: Option<OneOrMany>,
    pub subject_prefix: Option<OneOrMany>,
    pub client: Option<OneOrMany>,
    pub leeway: Option<Seconds>,
    pub max_age: Option<Seconds>,
    #[serde(default)]
    pub allow_missing_expiry: bool,
    #[serde(default)]
    pub danger_allow_padding: bool,
    #[serde(default)]
    pub require: Vec<Require>,
    pub keys: Option<Keys>,
}

impl PolicyFile {
    /// Moves the settings at the top level into the table of one issuer.
    pub fn single(&mut self) -> IssuerTable {
        IssuerTable {
            issuer: self.issuer.take(),
            tenants: self.tenants.take(),
            audience: self.audience.take(),
            token_type: self.token_type.take(),
            algorithms: self.algorithms.take(),
            subject: self.subject.take(),
            subject_prefix: self.subject_prefix.take(),
            client: self.client.take(),
            leeway: self.leeway,
            max_age: self.max_age,
            allow_missing_expiry: self.allow_missing_expiry,
            danger_allow_padding: self.danger_allow_padding,
            require: Vec::new(),
            keys: self.keys.take(),
        }
    }

    /// Returns the first setting at the top level that is only allowed in the table of an issuer if there are several.
    pub fn first_of_one_issuer(&self) -> Option<&'static str> {
        [
            ("issuer", self.issuer.is_some()),
            ("tenants", self.tenants.is_some()),
            ("audience", self.audience.is_some()),
            ("danger-any-issuer-any-audience", self.danger_any_issuer_any_audience),
            ("subject", self.subject.is_some()),
            ("subject-prefix", self.subject_prefix.is_some()),
            ("client", self.client.is_some()),
            ("allow-missing-expiry", self.allow_missing_expiry),
            ("danger-allow-padding", self.danger_allow_padding),
            ("[keys]", self.keys.is_some()),
        ]
        .into_iter()
        .find_map(|(name, given)| given.then_some(name))
    }
}

/// A rule about one claim.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Require {
    pub claim: String,
    pub any_of: Option<Vec<RuleValue>>,
    pub all_of: Option<Vec<RuleValue>>,
}

/// A value that a rule allows or requires.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a string, a whole number, true or false")]
pub enum RuleValue {
    Text(String),
    Number(i64),
    Bool(bool),
}

/// Limits for the work that one token may cause.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    pub token_bytes: Option<usize>,
    pub members: Option<u16>,
    pub keys_tried: Option<u8>,
}

/// The source of the keys. Exactly one of the first four members must be set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Keys {
    pub discover: Option<String>,
    pub jwks_url: Option<String>,
    pub file: Option<PathBuf>,
    pub secret_file: Option<PathBuf>,
    pub timeout: Option<Seconds>,
    pub refresh_every: Option<Seconds>,
    pub drop_after: Option<Seconds>,
    pub root_certificates: Option<PathBuf>,
    pub bearer_file: Option<PathBuf>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub header_files: BTreeMap<String, PathBuf>,
    #[serde(default)]
    pub proxy_from_environment: bool,
    #[serde(default)]
    pub danger_allow_plain_http_on_loopback: bool,
    #[serde(default)]
    pub danger_allow_plain_http_to: Vec<String>,
}

/// One text, or a list of texts of which any is allowed.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a string or an array of strings")]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
        .iter()
        .map(String::as_str)
    }
}

/// A duration in seconds, written as a whole number or as a text with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub u64);

impl<'t> Deserialize<'t> for Seconds {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrText;

        impl de::Visitor<'_> for NumberOrText {
            type Value = Seconds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("whole seconds (90), or a text with a unit: \"90s\", \"5m\", \"1h\", \"30d\"")
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
