//! Policy files of `glowband forward-auth`: the server's own source of the form, against a table of what each name may be.

#[path = "../../../host-adapters/server/src/forward_auth/raw.rs"]
#[allow(dead_code, unreachable_pub)]
mod raw;

use raw::{OneOrMany, PolicyFile, Seconds};
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
}

const NAMES: &[(&str, Form)] = &[
    ("listen", Form::Address),
    ("issuer", Form::OneOrMany),
    ("audience", Form::OneOrMany),
    ("danger-any-issuer-any-audience", Form::Flag),
    ("token-type", Form::Text),
    ("subject", Form::Text),
    ("leeway", Form::Seconds),
    ("max-age", Form::Seconds),
    ("allow-missing-expiry", Form::Flag),
    ("require-scopes", Form::Texts),
    ("realm", Form::Text),
    ("cookie", Form::Text),
    ("allow-origins", Form::Texts),
    ("cache-bytes", Form::Count),
];

const KEYS: &[(&str, Form)] = &[
    ("discover", Form::Text),
    ("jwks-url", Form::Text),
    ("file", Form::Text),
    ("secret-file", Form::Text),
    ("timeout", Form::Seconds),
    ("refresh-every", Form::Seconds),
    ("drop-after", Form::Seconds),
    ("root-certificates", Form::Text),
    ("proxy-from-environment", Form::Flag),
    ("danger-allow-plain-http-on-loopback", Form::Flag),
];

pub fn compare(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let own = toml::from_str::<PolicyFile>(text);
    // What is no TOML is for that crate to know.
    let Ok(mut table) = toml::from_str::<Table>(text) else { return };
    let keys = table.remove("keys");
    let keys_fit = match &keys {
        None => true,
        Some(Value::Table(keys)) => all_fit(keys, KEYS),
        Some(_) => false,
    };
    assert_eq!(
        own.is_ok(),
        all_fit(&table, NAMES) && keys_fit,
        "{:?}: {text}",
        own.err().map(|error| error.to_string())
    );
    let Ok(own) = own else { return };
    same_seconds(own.leeway, table.get("leeway"));
    same_seconds(own.max_age, table.get("max-age"));
    same_texts(own.issuer.as_ref(), table.get("issuer"));
    same_texts(own.audience.as_ref(), table.get("audience"));
    assert_eq!(own.token_type.as_deref(), table.get("token-type").and_then(Value::as_str));
    assert_eq!(own.subject.as_deref(), table.get("subject").and_then(Value::as_str));
    assert_eq!(own.keys.is_some(), keys.is_some());
    if let (Some(own), Some(keys)) = (&own.keys, keys.as_ref().and_then(Value::as_table)) {
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
