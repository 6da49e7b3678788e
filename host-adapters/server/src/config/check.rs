//! The judge of single values: what was said becomes what the program may hold, or is refused in words.

use super::given::{Given, Value};
use super::kinds::{Bytes, Rate, rate, size, time, time_in_words};
use super::names::Setting;
use super::raw::Raw;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// Reads values, and collects what is wrong with all of them. A value that is refused is replaced by some other one, which
/// nobody will see.
pub(super) struct Check<'r> {
    raw: &'r Raw,
    wrong: Vec<String>,
}

impl<'r> Check<'r> {
    pub(super) fn new(raw: &'r Raw) -> Self {
        Self { raw, wrong: Vec::new() }
    }

    /// Whatever is wrong, in words.
    pub(super) fn finish(self) -> Vec<String> {
        self.wrong
    }

    pub(super) fn refuse(&mut self, words: impl Into<String>) {
        self.wrong.push(words.into());
    }

    /// Refuses what was said about a setting: `FILE:3: name is 7; allowed are …`.
    pub(super) fn refuse_value(&mut self, name: &str, allowed: &str) {
        if let (Some(given), Some(setting)) = (self.raw.get(name), Setting::named(name)) {
            let name = given.origin.name(setting);
            self.wrong.push(format!("{name} is {}; {allowed}", given.value));
        }
    }

    /// What was said, read by `read`; `None` if nothing was, or if it is refused.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        allowed: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        let Given { value, .. } = self.raw.get(name)?;
        let blank = matches!(value, Value::Text(text) if text.trim().is_empty());
        let read = if blank { None } else { read(value) };
        if read.is_none() {
            let allowed = if blank { format!("leave it out or fill it in: {allowed}") } else { allowed.to_owned() };
            self.refuse_value(name, &allowed);
        }
        read
    }

    pub(super) fn text<T>(&mut self, name: &str, allowed: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.optional(name, allowed, |value| match value {
            Value::Text(text) => read(text),
            _ => None,
        })
    }

    pub(super) fn path(&mut self, name: &str) -> Option<PathBuf> {
        self.text(name, "allowed is the name of a file", |text| Some(PathBuf::from(text)))
    }

    pub(super) fn one_of<T: Copy>(&mut self, name: &str, choices: &[(&str, T)], otherwise: T) -> T {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let allowed = format!("allowed are {}", names.join(", "));
        let chosen = |text: &str| choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice);
        self.text(name, &allowed, chosen).unwrap_or(otherwise)
    }

    pub(super) fn switch(&mut self, name: &str) -> bool {
        let read = |value: &Value| if let Value::Switch(switch) = value { Some(*switch) } else { None };
        self.optional(name, "allowed are true and false", read).unwrap_or_default()
    }

    pub(super) fn count(&mut self, name: &str, range: RangeInclusive<u32>) -> Option<NonZeroU32> {
        let allowed = format!("allowed are {} to {}", range.start(), range.end());
        self.optional(name, &allowed, |value| match value {
            Value::Number(number) => {
                u32::try_from(*number).ok().filter(|number| range.contains(number)).and_then(NonZeroU32::new)
            }
            _ => None,
        })
    }

    /// A time in whole seconds, or with a unit.
    pub(super) fn time(&mut self, name: &str, range: RangeInclusive<Duration>) -> Duration {
        let ends = [*range.start(), *range.end()].map(time_in_words);
        let allowed = format!("allowed are {} to {}", ends[0], ends[1]);
        let read = |value: &Value| match value {
            Value::Text(text) => time(text),
            Value::Number(seconds) => u64::try_from(*seconds).ok().map(Duration::from_secs),
            _ => None,
        };
        self.optional(name, &allowed, |value| read(value).filter(|time| range.contains(time))).unwrap_or_default()
    }

    pub(super) fn size(&mut self, name: &str, range: RangeInclusive<Bytes>) -> Bytes {
        let allowed = format!("allowed are {} to {}", range.start(), range.end());
        let read = |value: &Value| match value {
            Value::Text(text) => size(text),
            Value::Number(bytes) => u64::try_from(*bytes).ok().map(Bytes),
            _ => None,
        };
        self.optional(name, &allowed, |value| read(value).filter(|size| range.contains(size))).unwrap_or(*range.start())
    }

    pub(super) fn rate(&mut self, name: &str) -> Rate {
        const ALLOWED: &str = "allowed are a number and a time of at most 7d, such as 10/15m";
        self.text(name, ALLOWED, rate).unwrap_or(Rate { count: NonZeroU32::MIN, per: Duration::from_secs(1) })
    }

    /// A list in which every word is read by `read`; the words that cannot be are named.
    pub(super) fn list<T>(&mut self, name: &str, allowed: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let Some(Given { value, origin }) = self.raw.get(name) else {
            return Vec::new();
        };
        let Value::List(words) = value else {
            self.refuse_value(name, &format!("allowed is a list of texts: {allowed}"));
            return Vec::new();
        };
        let mut all = Vec::new();
        for word in words {
            match read(word) {
                Some(one) => all.push(one),
                None => {
                    let name = Setting::named(name).map(|setting| origin.name(setting)).unwrap_or_default();
                    self.wrong.push(format!("{name} holds {}; {allowed}", Value::Text(word.clone())));
                }
            }
        }
        all
    }
}
