//! Reads a settings file (TOML) and the line of each value.

use super::error::ConfigError;
use super::names::{By, Form, Setting};
use super::nearest::nearest;
use super::raw::{Raw, RawServiceClient, names_of_files};
use super::value::{Given, SettingSource, Value};
use std::path::{self, Path};
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads the text of the file at `path`.
///
/// # Errors
/// Returns one error for each wrong line. Errors do not show the line, because it may contain a secret.
pub(crate) fn read(text: &str, path: &Path) -> Result<Raw, Vec<ConfigError>> {
    let file = File { text, path: Arc::from(path) };
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| file.line(span.start));
        vec![ConfigError::at(file.at(line), error.message())]
    })?;
    let (mut raw, mut wrong) = (Raw::default(), Vec::new());
    for (name, value) in table.get_ref() {
        let line = file.line(name.span().start);
        let source = file.at(line);
        match (name.get_ref().as_ref(), Setting::named(name.get_ref())) {
            ("callers", _) => file.callers(value, &mut raw, &mut wrong),
            (_, Some(setting)) if setting.by == By::Anyone => {
                raw.say(setting, file.beside(Value::of_toml(value.get_ref()), setting.form), source);
            }
            (name, Some(setting)) => wrong.push(ConfigError::at(
                source,
                format!("{name} is taken from {} alone; in a file there is {name}-file", setting.variable()),
            )),
            (name, None) => {
                let meant = nearest(name, names_of_files());
                let meant = meant.map(|meant| format!("; the nearest is {meant}")).unwrap_or_default();
                wrong.push(ConfigError::at(source, format!("there is no setting {name:?}{meant}")));
            }
        }
    }
    if wrong.is_empty() { Ok(raw) } else { Err(wrong) }
}

struct File<'t> {
    text: &'t str,
    path: Arc<Path>,
}

impl File<'_> {
    fn line(&self, at: usize) -> usize {
        1 + self.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
    }

    /// Relative paths in a settings file are relative to its folder, not to the working directory.
    fn beside(&self, value: Value, form: Form) -> Value {
        match value {
            Value::Text(text) if form == Form::Path && !text.is_empty() => {
                let folder = self.path.parent().unwrap_or(Path::new(""));
                let joined = folder.join(&text);
                let whole = path::absolute(&joined).unwrap_or(joined);
                Value::Text(whole.to_string_lossy().into_owned())
            }
            value => value,
        }
    }

    fn callers(&self, value: &Spanned<DeValue<'_>>, raw: &mut Raw, wrong: &mut Vec<ConfigError>) {
        const ALLOWED: &str = "tables [[callers]] with id and secret-file";
        let problem = |line, words: String| ConfigError::at(self.at(line), words).allowed(ALLOWED);
        let Some(tables) = value.get_ref().as_array() else {
            wrong.push(problem(self.line(value.span().start), "callers is not a list of tables".to_owned()));
            return;
        };
        for table in tables {
            let line = self.line(table.span().start);
            let Some(members) = table.get_ref().as_table() else {
                wrong.push(problem(line, "callers holds something else than tables".to_owned()));
                continue;
            };
            let mut caller = RawServiceClient { source: self.at(line), id: None, secret_file: None };
            for (name, value) in members {
                let line = self.line(name.span().start);
                let given = |form| {
                    let value = self.beside(Value::of_toml(value.get_ref()), form);
                    Some(Given { value, source: self.at(line) })
                };
                match name.get_ref().as_ref() {
                    "id" => caller.id = given(Form::Text),
                    "secret-file" => caller.secret_file = given(Form::Path),
                    name => wrong.push(problem(line, format!("callers has no member {name:?}"))),
                }
            }
            raw.callers.push(caller);
        }
    }

    fn at(&self, line: usize) -> SettingSource {
        SettingSource::File { path: Arc::clone(&self.path), line }
    }
}
