//! The settings of the server as flags, such as `--public-url`, made from the server's table of settings.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use glowband_server::config::{ConfigErrors, Loaded, Setting, SettingsBuilder, setting, setting_groups};
use std::path::PathBuf;

/// A flag for every setting that is not secret, and `--config`.
#[derive(Clone, Default)]
pub(crate) struct Flags(SettingsBuilder);

impl Flags {
    /// Returns the settings from these flags, the environment and the settings file.
    pub(crate) fn load(&self) -> Result<Loaded, ConfigErrors> {
        self.0.clone().environment().file_in_working_directory().load()
    }
}

/// Like [`Flags`], for commands that only need the database.
#[derive(Clone, Default)]
pub(crate) struct DatabaseFlags(pub(crate) Flags);

/// Like [`Flags`], for commands that only need the data folder.
#[derive(Clone, Default)]
pub(crate) struct DataFlags(pub(crate) Flags);

/// The longest line of help, without the indentation of ten characters.
const WIDTH: usize = 95;
const OF_THE_DATABASE: &[&str] = &["data", "database", "database-url-file"];

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let mut command = command.arg(config());
        for (heading, settings) in setting_groups() {
            let open = settings.iter().filter(|setting| !setting.is_secret());
            command = command.args(open.map(|setting| flag(setting).help_heading(*heading)));
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut builder = SettingsBuilder::default();
        if let Some(file) = matches.get_one::<PathBuf>("config") {
            builder = builder.file(file);
        }
        for setting in setting_groups().iter().flat_map(|(_, settings)| *settings) {
            let Ok(Some(texts)) = matches.try_get_many::<String>(setting.name()) else {
                continue;
            };
            // Only a list can be given more than once.
            let text = texts.map(String::as_str).collect::<Vec<_>>().join(",");
            builder = builder.flag(setting.name(), &text);
        }
        Ok(Self(builder))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for DatabaseFlags {
    fn augment_args(command: Command) -> Command {
        let named = OF_THE_DATABASE.iter().filter_map(|name| setting(name));
        command.arg(config()).args(named.map(|setting| flag(setting).help_heading("Database")))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for DatabaseFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Flags::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl Args for DataFlags {
    fn augment_args(command: Command) -> Command {
        let data = setting("data").map(|setting| flag(setting).help_heading("Keys of the server"));
        command.arg(config()).args(data)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for DataFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Flags::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

fn config() -> Arg {
    Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help("The settings file (TOML) [default: glowband.toml in the current folder, if it exists]")
}

fn flag(setting: &'static Setting) -> Arg {
    let default = setting.default_in_words().map(|default| format!("[default: {default}]")).unwrap_or_default();
    Arg::new(setting.name())
        .long(setting.name())
        .value_name(setting.value_name())
        .action(if setting.is_list() { ArgAction::Append } else { ArgAction::Set })
        .help(with_default(setting.help(), &default))
}

/// Appends the default to the last line of the help, or as a new line if that would be too long.
fn with_default(help: &str, default: &str) -> String {
    let last = help.lines().last().map_or(0, |line| line.chars().count());
    let apart = match default.len() {
        0 => "",
        length if last + 1 + length <= WIDTH => " ",
        _ => "\n",
    };
    format!("{help}{apart}{default}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_no_flags() {
        let command = || Flags::augment_args(Command::new("serve"));
        assert!(command().try_get_matches_from(["serve", "--listen", "127.0.0.1:0"]).is_ok());
        for name in ["--refresh-secret", "--encryption-key"] {
            assert!(command().try_get_matches_from(["serve", name, "x"]).is_err(), "{name}");
        }
    }

    #[test]
    fn repeated_flags_form_one_list() {
        let arguments = ["serve", "--trusted-proxies", "10.0.0.0/8", "--trusted-proxies", "::1"];
        let matches = Flags::augment_args(Command::new("serve")).try_get_matches_from(arguments).unwrap();
        let Flags(builder) = Flags::from_arg_matches(&matches).unwrap();
        let networks = builder.build().unwrap().trusted_proxies;
        assert_eq!(networks.iter().map(ToString::to_string).collect::<Vec<_>>(), ["10.0.0.0/8", "::1/128"]);
    }
}
