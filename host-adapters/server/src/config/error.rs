//! What is wrong with a setting.

use super::names::Setting;
use super::value::{Given, SettingSource};
use std::fmt;

/// What is wrong with one setting: its name, its value, where the value is from, and what is allowed. Shows no secret.
///
/// `access-token-lifetime = "2h" (from GLOWBAND_ACCESS_TOKEN_LIFETIME) is too long; allowed: 1m to 1h`
#[derive(Clone, Debug)]
pub struct ConfigError {
    setting: Option<&'static Setting>,
    value: Option<String>,
    source: Option<SettingSource>,
    problem: String,
    allowed: Option<String>,
}

impl ConfigError {
    /// A problem of no particular setting.
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self { setting: None, value: None, source: None, problem: problem.into(), allowed: None }
    }

    /// A problem of a value, which is shown.
    pub(super) fn of_value(setting: &'static Setting, given: &Given, problem: impl Into<String>) -> Self {
        Self { value: Some(given.value.to_string()), ..Self::of_setting(setting, given, problem) }
    }

    /// A problem of a value that is not shown.
    pub(super) fn of_setting(setting: &'static Setting, given: &Given, problem: impl Into<String>) -> Self {
        Self { setting: Some(setting), source: Some(given.source.clone()), ..Self::new(problem) }
    }

    /// A problem of a setting that has no value.
    pub(super) fn missing(name: &str, problem: impl Into<String>) -> Self {
        Self { setting: Setting::named(name), ..Self::new(problem) }
    }

    /// A problem at a line of a file.
    pub(super) fn at(source: SettingSource, problem: impl Into<String>) -> Self {
        Self { source: Some(source), ..Self::new(problem) }
    }

    pub(super) fn allowed(self, allowed: impl Into<String>) -> Self {
        Self { allowed: Some(allowed.into()), ..self }
    }

    /// Returns the name of the setting.
    pub fn setting(&self) -> Option<&'static str> {
        self.setting.map(Setting::name)
    }

    /// Returns the value as TOML, unless it may be a secret.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Returns where the value is from.
    pub fn source(&self) -> Option<&SettingSource> {
        self.source.as_ref()
    }

    /// Returns what is allowed.
    pub fn allowed_values(&self) -> Option<&str> {
        self.allowed.as_deref()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.setting, &self.source) {
            (Some(setting), source) => {
                f.write_str(setting.name)?;
                if let Some(value) = &self.value {
                    write!(f, " = {value}")?;
                }
                if let Some(source) = source {
                    write!(f, " (from {})", source.describe(setting))?;
                }
                write!(f, " {}", self.problem)?;
            }
            (None, Some(SettingSource::File { path, line })) => {
                write!(f, "{}:{line}: {}", path.display(), self.problem)?;
            }
            (None, _) => f.write_str(&self.problem)?,
        }
        match &self.allowed {
            Some(allowed) => write!(f, "; allowed: {allowed}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConfigError {}

/// Everything that is wrong with the settings of a server. Displays one line for each.
#[derive(Clone, Debug)]
pub struct ConfigErrors(pub(super) Vec<ConfigError>);

impl ConfigErrors {
    /// Returns each thing that is wrong.
    pub fn errors(&self) -> &[ConfigError] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
