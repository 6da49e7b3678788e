//! `--check`: the questions of a start are asked, and nothing is made or changed.

use super::data_folder;
use super::introduction;
use super::open::{key_folder, rules, schedule};
use super::server::UnknownRefreshSecret;
use crate::config::{DatabaseUrl, Settings};
use crate::database::Database;
use crate::refresh_secrets;
use glowband_session::StoreError;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::Path;
use std::time::Duration;
use tokio::time::timeout;

/// How long the database may take to be reached and to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at all that the settings name, and says what is there, line by line.
///
/// # Errors
/// In words for people: everything that is wrong.
pub(super) async fn check(settings: &Settings, secret: UnknownRefreshSecret) -> Result<Vec<String>, Vec<String>> {
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    let mut note = |result: Result<String, String>| match result {
        Ok(line) => good.push(line),
        Err(line) => wrong.push(line),
    };
    note(data_folder::look(&settings.data));
    let looked = database(settings).await;
    // Without an answer the secret can still be read.
    let remembered = looked.as_ref().map_or(&[][..], |looked| looked.remembered.as_slice());
    note(introduction::look(settings, remembered, secret));
    note(signing_keys(settings));
    note(looked.map(|looked| looked.line));
    if let Err(words) = rules(settings).map(drop).and_then(|()| schedule(settings).map(drop)) {
        note(Err(words));
    }
    if wrong.is_empty() { Ok(good) } else { Err(wrong) }
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
    /// Names of the refresh secrets that it remembers.
    remembered: Vec<String>,
}

async fn database(settings: &Settings) -> Result<Looked, String> {
    let name = &settings.database;
    let looked = match name {
        DatabaseUrl::Sqlite(path) if !path.exists() => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| *folder != settings.data && !folder.is_dir()) {
                return Err(format!("{name}: there is no folder {}", folder.display()));
            }
            return Ok(Looked { line: format!("{name}: it will be made"), remembered: Vec::new() });
        }
        DatabaseUrl::Sqlite(path) => timeout(PATIENCE, sqlite(path)).await,
        DatabaseUrl::Postgres(url) => timeout(PATIENCE, postgres(url.expose_text().unwrap_or_default())).await,
    };
    match looked {
        Ok(Ok(remembered)) => Ok(Looked { line: format!("{name}: reached"), remembered }),
        Ok(Err(error)) => Err(format!("{name}: {error}")),
        Err(_) => Err(format!("{name}: it did not answer within {PATIENCE:?}")),
    }
}

async fn sqlite(path: &Path) -> Result<Vec<String>, StoreError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection: SqliteConnection = options.connect().await?;
    Database::check_sqlite(&mut connection).await?;
    let remembered = refresh_secrets::look_at_sqlite(&mut connection).await?;
    connection.close().await?;
    Ok(remembered)
}

async fn postgres(url: &str) -> Result<Vec<String>, StoreError> {
    let mut connection = PgConnection::connect(url).await?;
    Database::check_postgres(&mut connection).await?;
    let remembered = refresh_secrets::look_at_postgres(&mut connection).await?;
    connection.close().await?;
    Ok(remembered)
}
