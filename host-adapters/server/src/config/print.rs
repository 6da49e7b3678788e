//! Prints the settings in force as a settings file, with the source of each value.

use super::database_url;
use super::names::{By, Preset, SETTINGS, Setting};
use super::raw::Raw;
use super::settings::{SecretPlace, Settings};
use super::value::{Given, Value};
use std::fmt::Write as _;

/// The column of comments after shorter lines.
const COLUMN: usize = 44;

/// Prints all settings.
pub(super) fn print(raw: &Raw, settings: &Settings) -> String {
    let mut text = String::new();
    for (heading, below) in SETTINGS {
        let apart = if text.is_empty() { "" } else { "\n" };
        line(&mut text, &format!("{apart}# {heading}"), "");
        for setting in *below {
            match (raw.get(setting.name), setting.by) {
                (Some(_), By::Environment) => {
                    line(&mut text, "", &format!("{} is set, and not shown", setting.variable()))
                }
                (None, By::Environment) => {}
                (Some(given), By::Anyone) if is_in_force(raw, setting) => said(&mut text, setting, given),
                (Some(given), By::Anyone) => {
                    line(
                        &mut text,
                        "",
                        &format!("{} (from {}) is overruled", setting.name, given.source.describe(setting)),
                    );
                }
                (None, By::Anyone) => unsaid(&mut text, setting, raw, settings),
            }
        }
    }
    for caller in &raw.callers {
        let of = |given: &Option<Given>| given.as_ref().map(|given| given.value.to_string()).unwrap_or_default();
        let origin = Setting::named("listen").map(|any| caller.source.describe(any)).unwrap_or_default();
        line(&mut text, "\n[[callers]]", &origin);
        line(&mut text, &format!("id = {}", of(&caller.id)), "");
        line(&mut text, &format!("secret-file = {}", of(&caller.secret_file)), "the secret in it is not shown");
    }
    text
}

/// Pairs of settings that set the same value.
const PAIRS: [(&str, &str); 3] = [
    ("database", "database-url-file"),
    ("encryption-key", "encryption-key-file"),
    ("refresh-secret", "refresh-secret-file"),
];

fn is_in_force(raw: &Raw, setting: &Setting) -> bool {
    let pair = PAIRS.iter().find(|(one, other)| [*one, *other].contains(&setting.name));
    pair.is_none_or(|(one, other)| raw.either(one, other).is_ok_and(|name| name == Some(setting.name)))
}

fn said(text: &mut String, setting: &Setting, given: &Given) {
    let words = given.source.describe(setting);
    match &given.value {
        Value::Text(url) if setting.name == "database" && database_url::has_password(url) => {
            let shown = Value::Text(database_url::without_password(url));
            line(text, &format!("database = {shown}"), &format!("{words}; its password is not shown"));
        }
        value => line(text, &format!("{} = {value}", setting.name), &words),
    }
}

fn unsaid(text: &mut String, setting: &Setting, raw: &Raw, settings: &Settings) {
    let follows = match setting.name {
        "public-url" | "audience" => settings.known_public_url().map(Value::Text),
        "database" if raw.get("database-url-file").is_none() => Some(Value::Text(settings.database.to_string())),
        "argon2-parallel-hashes" => i64::try_from(settings.argon2_parallel_hashes).ok().map(Value::Number),
        "max-connections-per-address" => i64::try_from(settings.max_connections_per_address).ok().map(Value::Number),
        "refresh-secret-file" => match &settings.refresh_secret {
            SecretPlace::File(path) => Some(Value::Text(path.to_string_lossy().into_owned())),
            SecretPlace::Here(_) => None,
        },
        _ => None,
    };
    match (follows, setting.default) {
        (Some(value), Preset::From(what)) => {
            line(text, &format!("{} = {value}", setting.name), &format!("default, from {what}"));
        }
        _ => line(text, "", &format!("{} is not set", setting.name)),
    }
}

fn line(text: &mut String, left: &str, comment: &str) {
    // Writing to a string cannot fail.
    let _ = match (left, comment) {
        (left, "") => writeln!(text, "{left}"),
        ("", comment) => writeln!(text, "# {comment}"),
        (left, comment) => writeln!(text, "{left:COLUMN$} # {comment}"),
    };
}
