//! An unchecked value and its source.

use super::names::{Form, Setting};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use toml::de::DeValue;

/// A value that is not checked yet.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) value: Value,
    pub(crate) source: SettingSource,
}

/// The TOML values that settings can have.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
    Switch(bool),
    List(Vec<String>),
    /// A description of a value that no setting can have.
    Other(&'static str),
}

/// The source of a value. Later sources override earlier ones.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingSource {
    /// The default of the setting.
    Default,
    /// A line of a file.
    File {
        /// The file.
        path: Arc<Path>,
        /// The line, counted from 1.
        line: usize,
    },
    /// An environment variable.
    Variable,
    /// A command-line flag.
    Flag,
    /// The program that embeds the server.
    Code,
}

impl SettingSource {
    /// Returns the rank: a source overrides those of a lower rank.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File { .. } => 1,
            Self::Variable => 2,
            Self::Flag | Self::Code => 3,
        }
    }

    /// Returns the source in words, as an operator looks for it: the flag, the variable, the line of a file.
    pub(crate) fn describe(&self, setting: &Setting) -> String {
        match self {
            Self::Default => "default".to_owned(),
            Self::File { path, line } => format!("{}:{line}", path.display()),
            Self::Variable => setting.variable(),
            Self::Flag => format!("--{}", setting.name),
            Self::Code => "the program".to_owned(),
        }
    }
}

impl Value {
    /// Reads a value that is written in the program itself, as TOML.
    pub(super) fn of_program(toml: &str) -> Option<Self> {
        DeValue::parse(toml).ok().map(|value| Self::of_toml(value.get_ref()))
    }

    /// Returns a value of a file.
    pub(super) fn of_toml(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(digits) => match i64::from_str_radix(digits.as_str(), digits.radix()) {
                Ok(number) => Self::Number(number),
                Err(_) => Self::Other("a number beyond 64 bits"),
            },
            DeValue::Boolean(switch) => Self::Switch(*switch),
            DeValue::Array(values) => {
                let texts = values.iter().map(|value| value.get_ref().as_str().map(str::to_owned));
                texts.collect::<Option<_>>().map_or(Self::Other("a list of something else than texts"), Self::List)
            }
            DeValue::Float(_) => Self::Other("a fraction"),
            DeValue::Datetime(_) => Self::Other("a date"),
            DeValue::Table(_) => Self::Other("a table"),
        }
    }

    /// Converts the text of a variable or a flag to the setting's form. A text that cannot be converted stays a text and is
    /// refused later.
    pub(crate) fn of_text(text: &str, form: Form) -> Self {
        let word = || Self::Text(text.to_owned());
        match form {
            Form::Text | Form::Path | Form::Measure => word(),
            Form::Count => {
                let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                text.parse().ok().filter(|_| digits).map_or_else(word, Self::Number)
            }
            Form::Switch => text.parse().map_or_else(|_| word(), Self::Switch),
            Form::List => {
                let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
                Self::List(words.map(str::to_owned).collect())
            }
        }
    }
}

/// Prints the value as TOML on one line.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => quoted(f, text),
            Self::Number(number) => number.fmt(f),
            Self::Switch(switch) => switch.fmt(f),
            Self::List(texts) => {
                f.write_str("[")?;
                for (at, text) in texts.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    quoted(f, text)?;
                }
                f.write_str("]")
            }
            Self::Other(kind) => f.write_str(kind),
        }
    }
}

/// Prints a basic string (TOML §String). Control characters are escaped, so that a value cannot affect a terminal.
fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            _ if character.is_control() => write!(f, "\\u{:04X}", u32::from(character))?,
            _ => write!(f, "{character}")?,
        }
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_what_the_setting_is() {
        for (text, form, toml) in [
            ("a,b", Form::Text, "\"a,b\""),
            ("a\"\\\n\u{1b}\u{7f}é", Form::Text, "\"a\\\"\\\\\\n\\u001B\\u007Fé\""),
            ("10", Form::Count, "10"),
            ("+10", Form::Count, "\"+10\""),
            ("99999999999999999999", Form::Count, "\"99999999999999999999\""),
            ("true", Form::Switch, "true"),
            ("yes", Form::Switch, "\"yes\""),
            ("10m", Form::Measure, "\"10m\""),
            ("a, b c,", Form::List, "[\"a\", \"b\", \"c\"]"),
            ("", Form::List, "[]"),
        ] {
            assert_eq!(Value::of_text(text, form).to_string(), toml);
        }
    }

    #[test]
    fn printed_values_are_toml() {
        for text in ["a\"\\\n\t\r\u{1b}\u{7f}\u{85}é", ""] {
            let line = format!("x = {}", Value::Text(text.to_owned()));
            let read: toml::Table = toml::from_str(&line).unwrap();
            assert_eq!(read["x"].as_str(), Some(text), "{line}");
        }
    }
}
