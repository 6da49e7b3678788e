//! The values of all sources together. The names are known, and the values are not checked yet.

use super::error::ConfigError;
use super::names::{By, Preset, Setting};
use super::value::{Given, SettingSource, Value};
use std::collections::BTreeMap;

/// Unchecked settings.
#[derive(Clone, Default)]
pub(crate) struct Raw {
    given: BTreeMap<&'static str, Given>,
    /// Service clients, which only a file can define.
    pub(crate) callers: Vec<RawServiceClient>,
}

/// A table `[[callers]]` of a file.
#[derive(Clone)]
pub(crate) struct RawServiceClient {
    pub(crate) source: SettingSource,
    pub(crate) id: Option<Given>,
    pub(crate) secret_file: Option<Given>,
}

impl Raw {
    /// Returns the defaults.
    pub(crate) fn defaults() -> Self {
        let mut raw = Self::default();
        for setting in Setting::all() {
            if let Preset::Is(toml) = setting.default
                && let Some(value) = Value::of_program(toml)
            {
                raw.say(setting, value, SettingSource::Default);
            }
        }
        raw
    }

    /// Adds the value of a source.
    pub(crate) fn say(&mut self, setting: &'static Setting, value: Value, source: SettingSource) {
        self.given.insert(setting.name, Given { value, source });
    }

    /// Merges another source, which overrides existing values.
    #[must_use]
    pub(crate) fn overruled_by(mut self, other: Self) -> Self {
        self.given.extend(other.given);
        if !other.callers.is_empty() {
            self.callers = other.callers;
        }
        self
    }

    /// Returns the value of the setting with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Given> {
        self.given.get(name)
    }

    /// Returns the one of two alternative settings whose source has the higher priority.
    ///
    /// # Errors
    /// One source sets both. The error names them.
    pub(crate) fn either(&self, one: &'static str, other: &'static str) -> Result<Option<&'static str>, ConfigError> {
        match (self.get(one), self.get(other)) {
            (None, None) => Ok(None),
            (Some(_), None) => Ok(Some(one)),
            (None, Some(_)) => Ok(Some(other)),
            (Some(first), Some(second)) if first.source.rank() == second.source.rank() => {
                let source = |name, given: &Given| Setting::named(name).map(|setting| given.source.describe(setting));
                let other_source = source(other, second).unwrap_or_default();
                let problem = format!("contradicts {other} (from {other_source}); remove one of them");
                Err(match Setting::named(one) {
                    Some(setting) => ConfigError::of_setting(setting, first, problem),
                    None => ConfigError::new(problem),
                })
            }
            (Some(first), Some(second)) => {
                Ok(Some(if first.source.rank() > second.source.rank() { one } else { other }))
            }
        }
    }
}

/// Returns the names that a file can contain.
pub(crate) fn names_of_files() -> impl Iterator<Item = &'static str> {
    Setting::all().filter(|setting| setting.by == By::Anyone).map(|setting| setting.name).chain(["callers"])
}
