//! Policy files of `glowband forward-auth`: the command's own reader, against a table of what each name may be.

use glowband_text::policy_file::{OneOrMany, PolicyFile, Seconds};
use std::net::SocketAddr;
use toml::{Table, Value};

#[derive(Clone, Copy)]
enum Form {
    Text,
    Texts,
    OneOrMany,
    Seconds,
    Flag,
    Count,
    Address,
    /// A table of texts by names of any kind.
    Named,
    /// Tables with these names, all optional but those of the second list.
    Tables(&'static [(&'static str, Form)], &'static [&'static str]),
    /// One such table.
    Table(&'static [(&'static str, Form)]),
    /// Texts, whole numbers, true and false.
    Values,
    /// A number from 0 to this.
    UpTo(i64),
}

const NAMES: &[(&str, Form)] = &[
    ("listen", Form::Address),
    ("issuer", Form::OneOrMany),
    ("audience", Form::OneOrMany),
    ("danger-any-issuer-any-audience", Form::Flag),
    ("tenants", Form::Texts),
    ("token-type", Form::OneOrMany),
    ("algorithms", Form::OneOrMany),
    ("subject", Form::OneOrMany),
    ("subject-prefix", Form::OneOrMany),
    ("client", Form::OneOrMany),
    ("leeway", Form::Seconds),
    ("max-age", Form::Seconds),
    ("allow-missing-expiry", Form::Flag),
    ("danger-allow-padding", Form::Flag),
    ("danger-accept-bound-tokens", Form::Flag),
    ("require-scopes", Form::Texts),
    ("realm", Form::Text),
    ("cookie", Form::Text),
    ("token-header", Form::Text),
    ("appended-path", Form::Flag),
    ("allow-origins", Form::Texts),
    ("cache-bytes", Form::Count),
    ("require", Form::Tables(RULE, &["claim"])),
    ("headers", Form::Named),
    ("limits", Form::Table(LIMITS)),
    ("keys", Form::Table(KEYS)),
    ("issuers", Form::Tables(ISSUER, &[])),
];

const ISSUER: &[(&str, Form)] = &[
    ("issuer", Form::OneOrMany),
    ("tenants", Form::Texts),
    ("audience", Form::OneOrMany),
    ("token-type", Form::OneOrMany),
    ("algorithms", Form::OneOrMany),
    ("subject", Form::OneOrMany),
    ("subject-prefix", Form::OneOrMany),
    ("client", Form::OneOrMany),
    ("leeway", Form::Seconds),
    ("max-age", Form::Seconds),
    ("allow-missing-expiry", Form::Flag),
    ("danger-allow-padding", Form::Flag),
    ("require", Form::Tables(RULE, &["claim"])),
    ("keys", Form::Table(KEYS)),
];

const RULE: &[(&str, Form)] = &[("claim", Form::Text), ("any-of", Form::Values), ("all-of", Form::Values)];

const LIMITS: &[(&str, Form)] =
    &[("token-bytes", Form::Count), ("members", Form::UpTo(65_535)), ("keys-tried", Form::UpTo(255))];

const KEYS: &[(&str, Form)] = &[
    ("discover", Form::Text),
    ("jwks-url", Form::Text),
    ("file", Form::Text),
    ("secret-file", Form::Text),
    ("timeout", Form::Seconds),
    ("refresh-every", Form::Seconds),
    ("drop-after", Form::Seconds),
    ("root-certificates", Form::Text),
    ("bearer-file", Form::Text),
    ("headers", Form::Named),
    ("header-files", Form::Named),
    ("proxy-from-environment", Form::Flag),
    ("danger-allow-plain-http-on-loopback", Form::Flag),
    ("danger-allow-plain-http-to", Form::Texts),
];

pub fn compare(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let own = toml::from_str::<PolicyFile>(text);
    // What is no TOML is for that crate to know.
    let Ok(table) = toml::from_str::<Table>(text) else { return };
    let keys = table.get("keys");
    assert_eq!(own.is_ok(), all_fit(&table, NAMES), "{:?}: {text}", own.err().map(|error| error.to_string()));
    let Ok(own) = own else { return };
    same_seconds(own.leeway, table.get("leeway"));
    same_seconds(own.max_age, table.get("max-age"));
    same_texts(own.issuer.as_ref(), table.get("issuer"));
    same_texts(own.audience.as_ref(), table.get("audience"));
    same_texts(own.token_type.as_ref(), table.get("token-type"));
    same_texts(own.subject.as_ref(), table.get("subject"));
    let issuers = table.get("issuers").and_then(Value::as_array);
    assert_eq!(own.issuers.len(), issuers.map_or(0, Vec::len));
    for (own, other) in own.issuers.iter().zip(issuers.into_iter().flatten()) {
        same_texts(own.issuer.as_ref(), other.get("issuer"));
        same_texts(own.audience.as_ref(), other.get("audience"));
        same_seconds(own.leeway, other.get("leeway"));
    }
    assert_eq!(own.keys.is_some(), keys.is_some());
    if let (Some(own), Some(keys)) = (&own.keys, keys.and_then(Value::as_table)) {
        same_seconds(own.timeout, keys.get("timeout"));
        same_seconds(own.refresh_every, keys.get("refresh-every"));
        same_seconds(own.drop_after, keys.get("drop-after"));
    }
    let flag = |name: &str| table.get(name).and_then(Value::as_bool).unwrap_or(false);
    assert_eq!(own.allow_missing_expiry, flag("allow-missing-expiry"));
    assert_eq!(own.danger_any_issuer_any_audience, flag("danger-any-issuer-any-audience"));
    let scopes: Vec<&str> = own.require_scopes.iter().map(String::as_str).collect();
    assert_eq!(Some(scopes), table.get("require-scopes").map_or(Some(Vec::new()), texts));
}

fn all_fit(table: &Table, names: &[(&str, Form)]) -> bool {
    table.iter().all(|(name, value)| names.iter().any(|(known, form)| known == name && form.fits(value)))
}

impl Form {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_str(),
            Self::Texts => texts(value).is_some(),
            Self::OneOrMany => value.is_str() || texts(value).is_some(),
            Self::Seconds => seconds(value).is_some(),
            Self::Flag => value.is_bool(),
            Self::Count => value.as_integer().is_some_and(|count| count >= 0),
            Self::Address => value.as_str().is_some_and(|text| text.parse::<SocketAddr>().is_ok()),
            Self::Named => value.as_table().is_some_and(|table| table.values().all(Value::is_str)),
            Self::Table(names) => value.as_table().is_some_and(|table| all_fit(table, names)),
            Self::Tables(names, needed) => value.as_array().is_some_and(|tables| {
                tables.iter().all(|table| {
                    let table = table.as_table();
                    table.is_some_and(|table| {
                        all_fit(table, names) && needed.iter().all(|name| table.contains_key(*name))
                    })
                })
            }),
            Self::Values => value.as_array().is_some_and(|values| {
                values.iter().all(|value| value.is_str() || value.is_integer() || value.is_bool())
            }),
            Self::UpTo(most) => value.as_integer().is_some_and(|count| (0..=most).contains(&count)),
        }
    }
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// Whole seconds, or a number with a unit of one letter.
fn seconds(value: &Value) -> Option<u64> {
    match value {
        Value::Integer(seconds) => u64::try_from(*seconds).ok(),
        Value::String(text) => {
            let digits = text.trim_end_matches(['s', 'm', 'h', 'd']);
            let unit: u128 = match &text[digits.len()..] {
                "" | "s" => 1,
                "m" => 60,
                "h" => 3600,
                "d" => 86400,
                _ => return None,
            };
            let number =
                digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten()?;
            u64::try_from(u128::from(number) * unit).ok()
        }
        _ => None,
    }
}

fn same_seconds(own: Option<Seconds>, other: Option<&Value>) {
    assert_eq!(own.map(|own| own.0), other.and_then(seconds));
}

fn same_texts(own: Option<&OneOrMany>, other: Option<&Value>) {
    let other = other.map(|other| other.as_str().map_or_else(|| texts(other).expect("it fits"), |one| vec![one]));
    assert_eq!(own.map(|own| own.iter().collect::<Vec<_>>()), other);
}
