//! `--check`: the questions of a start are asked, and nothing is made or changed.

use super::data_folder;
use super::key_binding::{self, UnknownRefreshSecret};
use super::{key_folder, rules, schedule};
use crate::config::{DatabaseUrl, Settings};
use crate::file_error::FileError;
use crate::start_error::StartError;
use glowband_storage::{PostgresStorage, SqliteStorage};
use std::time::Duration;
use tokio::time::timeout;

/// How long the database may take to be reached and to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at all that the settings name, and says what is there, line by line.
///
/// # Errors
/// Returns everything that is wrong.
pub(crate) async fn check(settings: &Settings, secret: UnknownRefreshSecret) -> Result<Vec<String>, Vec<StartError>> {
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    let mut note = |result: Result<String, StartError>| match result {
        Ok(line) => good.push(line),
        Err(line) => wrong.push(line),
    };
    note(data_folder::look(&settings.data).map_err(StartError::from));
    let looked = database(settings).await;
    // Without an answer the secret can still be read.
    let bound = looked.as_ref().map_or(&[][..], |looked| looked.bound.as_slice());
    note(key_binding::look(settings, bound, secret));
    note(signing_keys(settings));
    note(looked.map(|looked| looked.line));
    if let Err(error) = rules(settings) {
        note(Err(error.into()));
    }
    if let Err(error) = schedule(settings) {
        note(Err(error.into()));
    }
    if wrong.is_empty() { Ok(good) } else { Err(wrong) }
}

fn signing_keys(settings: &Settings) -> Result<String, StartError> {
    let folder = key_folder(settings)?;
    let (keys, unusable) = folder.load()?;
    if let Some(file) = unusable.first() {
        return Err(StartError::UnusableKey(file.to_string()));
    }
    let name = folder.path().display();
    Ok(match keys.len() {
        0 => format!("{name}: the first signing key will be created"),
        count => format!("{name}: {count} signing keys"),
    })
}

/// What a look at the database came to.
struct Looked {
    line: String,
    /// Names of the refresh secrets that it is bound to.
    bound: Vec<String>,
}

async fn database(settings: &Settings) -> Result<Looked, StartError> {
    let name = &settings.database;
    let looked = match name {
        DatabaseUrl::Sqlite(path) if !path.exists() => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| *folder != settings.data && !folder.is_dir()) {
                return Err(FileError::new(folder, "the folder of the database does not exist").into());
            }
            return Ok(Looked { line: format!("{name}: will be created"), bound: Vec::new() });
        }
        DatabaseUrl::Sqlite(path) => timeout(PATIENCE, SqliteStorage::inspect(path)).await,
        DatabaseUrl::Postgres(url) => {
            timeout(PATIENCE, PostgresStorage::inspect(url.expose_text().unwrap_or_default())).await
        }
    };
    match looked {
        Ok(Ok(bound)) => Ok(Looked { line: format!("{name}: reached"), bound }),
        Ok(Err(error)) => Err(StartError::of_database(name, error)),
        Err(_) => Err(StartError::NoAnswer { name: name.to_string(), after: PATIENCE }),
    }
}
