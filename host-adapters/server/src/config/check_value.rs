//! Checks of single values.

use super::error::ConfigError;
use super::names::Setting;
use super::raw::Raw;
use super::units::{Bytes, Rate, rate, size, time, time_in_words};
use super::value::{Given, Value};
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// Reads values, and collects what is wrong with all of them. A value that is refused is replaced by some other value, which
/// is never used.
pub(super) struct Check<'r> {
    raw: &'r Raw,
    wrong: Vec<ConfigError>,
}

pub(super) const NOT_ALLOWED: &str = "is not allowed";

impl<'r> Check<'r> {
    pub(super) fn new(raw: &'r Raw) -> Self {
        Self { raw, wrong: Vec::new() }
    }

    /// Returns all that is wrong.
    pub(super) fn finish(self) -> Vec<ConfigError> {
        self.wrong
    }

    pub(super) fn refuse(&mut self, error: ConfigError) {
        self.wrong.push(error);
    }

    /// Refuses the value of a setting.
    pub(super) fn refuse_value(&mut self, name: &str, problem: &str, allowed: Option<&str>) {
        if let (Some(given), Some(setting)) = (self.raw.get(name), Setting::named(name)) {
            let error = ConfigError::of_value(setting, given, problem);
            self.wrong.push(match allowed {
                Some(allowed) => error.allowed(allowed),
                None => error,
            });
        }
    }

    /// Reads a value by `read`, whose error says what is wrong. Returns `None` without a value, or if it is refused.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        allowed: &str,
        read: impl FnOnce(&Value) -> Result<T, &'static str>,
    ) -> Option<T> {
        let Given { value, .. } = self.raw.get(name)?;
        let blank = matches!(value, Value::Text(text) if text.trim().is_empty());
        let read = if blank { Err("is empty") } else { read(value) };
        read.map_err(|problem| self.refuse_value(name, problem, Some(allowed))).ok()
    }

    pub(super) fn text<T>(&mut self, name: &str, allowed: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.optional(name, allowed, |value| match value {
            Value::Text(text) => read(text).ok_or(NOT_ALLOWED),
            _ => Err(NOT_ALLOWED),
        })
    }

    pub(super) fn path(&mut self, name: &str) -> Option<PathBuf> {
        self.text(name, "the name of a file", |text| Some(PathBuf::from(text)))
    }

    pub(super) fn one_of<T: Copy>(&mut self, name: &str, choices: &[(&str, T)], otherwise: T) -> T {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let allowed = names.join(", ");
        let chosen = |text: &str| choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
        self.text(name, &allowed, chosen).unwrap_or(otherwise)
    }

    pub(super) fn switch(&mut self, name: &str) -> bool {
        let read = |value: &Value| if let Value::Switch(switch) = value { Ok(*switch) } else { Err(NOT_ALLOWED) };
        self.optional(name, "true, false", read).unwrap_or_default()
    }

    pub(super) fn count(&mut self, name: &str, range: RangeInclusive<u32>) -> Option<NonZeroU32> {
        let allowed = format!("{} to {}", range.start(), range.end());
        self.optional(name, &allowed, |value| match value {
            Value::Number(number) if *number < i64::from(*range.start()) => Err("is too small"),
            Value::Number(number) => {
                let count = u32::try_from(*number).ok().filter(|number| range.contains(number));
                count.and_then(NonZeroU32::new).ok_or("is too large")
            }
            Value::Other(_) => Err(NOT_ALLOWED),
            _ => Err("is not a whole number"),
        })
    }

    /// A time in whole seconds, or with a unit.
    pub(super) fn time(&mut self, name: &str, range: RangeInclusive<Duration>) -> Duration {
        let ends = [*range.start(), *range.end()].map(time_in_words);
        let allowed = format!("{} to {}", ends[0], ends[1]);
        let read = |value: &Value| match value {
            Value::Text(text) => time(text),
            Value::Number(seconds) => u64::try_from(*seconds).ok().map(Duration::from_secs),
            _ => None,
        };
        let checked = |value: &Value| match read(value) {
            None => Err("is not a time"),
            Some(time) if time < *range.start() => Err("is too short"),
            Some(time) if time > *range.end() => Err("is too long"),
            Some(time) => Ok(time),
        };
        self.optional(name, &allowed, checked).unwrap_or_default()
    }

    pub(super) fn size(&mut self, name: &str, range: RangeInclusive<Bytes>) -> Bytes {
        let allowed = format!("{} to {}", range.start(), range.end());
        let read = |value: &Value| match value {
            Value::Text(text) => size(text),
            Value::Number(bytes) => u64::try_from(*bytes).ok().map(Bytes),
            _ => None,
        };
        let checked = |value: &Value| match read(value) {
            None => Err("is not a size"),
            Some(size) if size < *range.start() => Err("is too small"),
            Some(size) if size > *range.end() => Err("is too large"),
            Some(size) => Ok(size),
        };
        self.optional(name, &allowed, checked).unwrap_or(*range.start())
    }

    pub(super) fn rate(&mut self, name: &str) -> Rate {
        const ALLOWED: &str = "a number and a time of at most 7d, such as 10/15m";
        self.text(name, ALLOWED, rate).unwrap_or(Rate { count: NonZeroU32::MIN, per: Duration::from_secs(1) })
    }

    /// A list in which every word is read by `read`; the words that cannot be are named.
    pub(super) fn list<T>(&mut self, name: &str, allowed: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let Some(Given { value, .. }) = self.raw.get(name) else {
            return Vec::new();
        };
        let Value::List(words) = value else {
            self.refuse_value(name, "is not a list of texts", Some(allowed));
            return Vec::new();
        };
        let mut all = Vec::new();
        for word in words {
            match read(word) {
                Some(one) => all.push(one),
                None => {
                    let problem = format!("holds {}, which is not allowed", Value::Text(word.clone()));
                    self.refuse_value(name, &problem, Some(allowed));
                }
            }
        }
        all
    }
}
