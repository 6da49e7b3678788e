//! `--check`: the questions of a start are asked, and nothing is made or changed.

use super::data_folder;
use super::introduction::{self, NewSecret};
use super::open::{key_folder, rules, schedule};
use super::run::runtime;
use crate::config::{DatabaseUrl, Settings};
use crate::connections::Tls;
use glowband_storage::{PostgresStorage, SqliteStorage};
use std::time::Duration;
use tokio::time::timeout;

/// How long the database may take to be reached and to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at all that the settings name, and says what is there, line by line.
///
/// # Errors
/// In words for people: everything that is wrong.
pub(crate) fn check(settings: &Settings, secret: NewSecret) -> Result<Vec<String>, String> {
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    let mut note = |result: Result<String, String>| match result {
        Ok(line) => good.push(line),
        Err(line) => wrong.push(line),
    };
    note(data_folder::look(&settings.data));
    let looked = runtime().and_then(|runtime| runtime.block_on(database(settings)));
    // Without an answer the secret can still be read.
    let bound = looked.as_ref().map_or(&[][..], |looked| looked.bound.as_slice());
    note(introduction::look(settings, bound, secret));
    note(signing_keys(settings));
    note(looked.map(|looked| looked.line));
    if let Err(words) = rules(settings).map(drop).and_then(|()| schedule(settings).map(drop)) {
        note(Err(words));
    }
    if let Some(files) = &settings.tls {
        let name = files.certificate.display().to_string();
        note(Tls::read(files.clone()).map(|_| format!("{name}: the certificate and its key belong together")));
    }
    if wrong.is_empty() { Ok(good) } else { Err(wrong.join("\n")) }
}

fn signing_keys(settings: &Settings) -> Result<String, String> {
    let folder = key_folder(settings)?;
    let (keys, unusable) = folder.load().map_err(|error| error.to_string())?;
    if let Some(file) = unusable.first() {
        return Err(file.to_string());
    }
    let name = folder.path().display();
    Ok(match keys.len() {
        0 => format!("{name}: the first signing key will be made"),
        count => format!("{name}: {count} signing keys"),
    })
}

/// What a look at the database came to.
struct Looked {
    line: String,
    /// Names of the refresh secrets that it is bound to.
    bound: Vec<String>,
}

async fn database(settings: &Settings) -> Result<Looked, String> {
    let name = &settings.database;
    let looked = match name {
        DatabaseUrl::Sqlite(path) if !path.exists() => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| *folder != settings.data && !folder.is_dir()) {
                return Err(format!("{name}: there is no folder {}", folder.display()));
            }
            return Ok(Looked { line: format!("{name}: it will be made"), bound: Vec::new() });
        }
        DatabaseUrl::Sqlite(path) => timeout(PATIENCE, SqliteStorage::inspect(path)).await,
        DatabaseUrl::Postgres(url) => {
            timeout(PATIENCE, PostgresStorage::inspect(url.expose_text().unwrap_or_default())).await
        }
    };
    match looked {
        Ok(Ok(bound)) => Ok(Looked { line: format!("{name}: reached"), bound }),
        Ok(Err(error)) => Err(format!("{name}: {error}")),
        Err(_) => Err(format!("{name}: it did not answer within {PATIENCE:?}")),
    }
}
