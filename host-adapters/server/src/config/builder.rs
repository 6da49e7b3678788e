//! The sources of settings, and what becomes of them together.

use super::environment::{self, Environment};
use super::error::{ConfigError, ConfigErrors};
use super::names::{By, Setting};
use super::raw::Raw;
use super::value::{SettingSource, Value};
use super::{Settings, file, print, validate};
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that is read where none is named.
const IMPLICIT: &str = "glowband.toml";

/// Collects settings from their sources.
///
/// Each source overrides those before it, in this order whatever the order of the calls: defaults, a file, the environment,
/// [`set`](Self::set) and [`flag`](Self::flag).
#[derive(Clone, Default)]
pub struct SettingsBuilder {
    set: Raw,
    unknown: Vec<ConfigError>,
    config: Option<PathBuf>,
    implicit: Option<PathBuf>,
    variables: Vec<(OsString, OsString)>,
}

impl SettingsBuilder {
    /// Reads this file (TOML).
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.config = Some(path.into());
        self
    }

    /// Reads `glowband.toml` in the working directory if there is one and no other file is named.
    #[must_use]
    pub fn file_in_working_directory(self) -> Self {
        self.implicit_file(IMPLICIT)
    }

    pub(super) fn implicit_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.implicit = Some(path.into());
        self
    }

    /// Reads the variables of this process that begin with `GLOWBAND_`: `GLOWBAND_PUBLIC_URL` is the setting `public-url`,
    /// and `GLOWBAND_CONFIG` names a file.
    #[must_use]
    pub fn environment(self) -> Self {
        self.variables(std::env::vars_os())
    }

    pub(super) fn variables(mut self, variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        self.variables = variables.collect();
        self
    }

    /// Sets one setting by its name in a file, with its value as a variable has it: `10m`, `true`, words with commas between
    /// them. Secrets can be set here, too: `refresh-secret`, `encryption-key`, and `database` with a password.
    #[must_use]
    pub fn set(self, name: &str, value: &str) -> Self {
        self.with(name, value, SettingSource::Code)
    }

    /// As [`set`](Self::set), for a value of the flag `--NAME` of a command line, on which secrets are refused.
    #[must_use]
    pub fn flag(self, name: &str, value: &str) -> Self {
        self.with(name, value, SettingSource::Flag)
    }

    fn with(mut self, name: &str, value: &str, source: SettingSource) -> Self {
        match Setting::named(name).filter(|setting| source == SettingSource::Code || setting.by == By::Anyone) {
            Some(setting) => self.set.say(setting, Value::of_text(value, setting.form), source),
            None => self.unknown.push(ConfigError::new(format!("there is no setting {name:?}"))),
        }
        self
    }

    /// Reads all sources and checks all values.
    ///
    /// # Errors
    /// Returns everything that is wrong.
    pub fn build(self) -> Result<Settings, ConfigErrors> {
        Ok(self.load()?.settings)
    }

    /// As [`build`](Self::build), with the source of each value and remarks for the operator.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn load(self) -> Result<Loaded, ConfigErrors> {
        self.read().map_err(ConfigErrors)
    }

    fn read(self) -> Result<Loaded, Vec<ConfigError>> {
        if !self.unknown.is_empty() {
            return Err(self.unknown);
        }
        let Environment { raw: environment, config, mut remarks } = environment::read(self.variables.into_iter())?;
        let named = self.config.or(config);
        let path = named.clone().or_else(|| self.implicit.filter(|implicit| implicit.exists()));
        let file = path.as_deref().map_or_else(|| Ok(Raw::default()), read_file)?;
        if let (None, Some(path)) = (named, &path) {
            remarks.push(format!("settings are read from {}, which is here", path.display()));
        }
        let raw = Raw::defaults().overruled_by(file).overruled_by(environment).overruled_by(self.set);
        let settings = validate::validate(&raw)?;
        remarks.extend(settings.remarks());
        Ok(Loaded { settings, remarks, raw })
    }
}

/// Shows no values: some of them are secrets.
impl fmt::Debug for SettingsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingsBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}

fn read_file(path: &Path) -> Result<Raw, Vec<ConfigError>> {
    let unreadable = |error| vec![ConfigError::new(format!("{}: {error}", path.display()))];
    let text = fs::read_to_string(path).map_err(unreadable)?;
    file::read(&text, path)
}

/// Settings, and what an operator should know about them.
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// What the operator should know: what is allowed, and may not be meant.
    pub remarks: Vec<String>,
    raw: Raw,
}

impl Loaded {
    /// Returns the settings in force as a file, each with its source. Secrets are left out.
    pub fn print(&self) -> String {
        print::print(&self.raw, &self.settings)
    }
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded").field("settings", &self.settings).finish_non_exhaustive()
    }
}
