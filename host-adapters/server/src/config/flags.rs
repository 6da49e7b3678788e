//! Settings as flags: `--public-url` and its like, made from the same table as all the rest.

use super::given::{Origin, Value};
use super::names::{By, Preset, SETTINGS, Setting};
use super::raw::Raw;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use std::path::PathBuf;

/// A flag for every setting that is no secret, and `--config`.
#[derive(Clone, Default)]
pub(crate) struct Flags {
    pub(super) raw: Raw,
    /// The file that they name.
    pub(super) config: Option<PathBuf>,
}

/// As [`Flags`], for commands that only look for the database.
#[derive(Clone, Default)]
pub(crate) struct DatabaseFlags(pub(crate) Flags);

/// As [`Flags`], for commands that only look for the data folder.
#[derive(Clone, Default)]
pub(crate) struct DataFlags(pub(crate) Flags);

/// How long a line of help may be; what stands before it takes another ten characters.
const WIDTH: usize = 95;
const OF_THE_DATABASE: &[&str] = &["data", "database", "database-url-file"];

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let mut command = command.arg(config());
        for (heading, settings) in SETTINGS {
            let open = settings.iter().filter(|setting| setting.by == By::Anyone);
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
        let mut flags = Self { raw: Raw::default(), config: matches.get_one::<PathBuf>("config").cloned() };
        for setting in Setting::all() {
            let Ok(Some(texts)) = matches.try_get_many::<String>(setting.name) else {
                continue;
            };
            // Only a list can be given more than once.
            let text = texts.map(String::as_str).collect::<Vec<_>>().join(",");
            flags.raw.say(setting, Value::of_text(&text, setting.form), Origin::Flag);
        }
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for DatabaseFlags {
    fn augment_args(command: Command) -> Command {
        let named = OF_THE_DATABASE.iter().filter_map(|name| Setting::named(name));
        command.arg(config()).args(named.map(|setting| flag(setting).help_heading("Where the accounts are")))
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
        let data = Setting::named("data").map(|setting| flag(setting).help_heading("Where the server has its keys"));
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
        .help("A file of settings (TOML) [default: glowband.toml in this folder, if there is one]")
}

fn flag(setting: &'static Setting) -> Arg {
    let default = match setting.default {
        Preset::Is("[]") | Preset::Unset => String::new(),
        Preset::Is(toml) => format!("[default: {}]", toml.trim_matches('"')),
        Preset::From(what) => format!("[default: from {what}]"),
    };
    let many = matches!(setting.form, super::names::Form::List);
    Arg::new(setting.name)
        .long(setting.name)
        .value_name(setting.value)
        .action(if many { ArgAction::Append } else { ArgAction::Set })
        .help(with_default(setting.help, &default))
}

/// The default stands on the last line of the help, if there is room for it.
fn with_default(help: &str, default: &str) -> String {
    let last = help.lines().last().map_or(0, |line| line.chars().count());
    let apart = match default.len() {
        0 => "",
        length if last + 1 + length <= WIDTH => " ",
        _ => "\n",
    };
    format!("{help}{apart}{default}")
}
