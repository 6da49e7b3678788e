//! `--check`: everything is read, and nothing is made or changed.

use super::open::{key_folder, may_be_made};
use super::refresh_secret;
use super::run::runtime;
use crate::config::{DatabaseUrl, SecretPlace, Settings};
use crate::connections::Tls;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};
use std::time::Duration;
use tokio::time::timeout;

/// How long the database may take to be reached.
const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at all that the settings name, and says what is there, line by line.
///
/// # Errors
/// In words for people: everything that is wrong.
pub(crate) fn check(settings: &Settings) -> Result<Vec<String>, String> {
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    let mut note = |result: Result<String, String>| match result {
        Ok(line) => good.push(line),
        Err(line) => wrong.push(line),
    };
    note(refresh_secrets(settings));
    note(signing_keys(settings));
    note(runtime().and_then(|runtime| runtime.block_on(database(settings))));
    if let Some(files) = &settings.tls {
        let name = files.certificate.display().to_string();
        note(Tls::read(files.clone()).map(|_| format!("{name}: the certificate and its key belong together")));
    }
    if wrong.is_empty() { Ok(good) } else { Err(wrong.join("\n")) }
}

fn refresh_secrets(settings: &Settings) -> Result<String, String> {
    if let SecretPlace::File(path) = &settings.refresh_secret
        && may_be_made(settings)
        && !path.exists()
    {
        return Ok(format!("{}: it will be made", path.display()));
    }
    let secrets = refresh_secret::read_or_make(&settings.refresh_secret, false)?;
    Ok(format!("the refresh secret {} is current", secrets.keys.current()))
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

async fn database(settings: &Settings) -> Result<String, String> {
    let name = &settings.database;
    let reached = match name {
        DatabaseUrl::Sqlite(path) if !path.exists() => return Ok(format!("{name}: it will be made")),
        DatabaseUrl::Sqlite(path) => {
            let options = SqliteConnectOptions::new().filename(path).read_only(true);
            timeout(PATIENCE, async {
                let mut connection: SqliteConnection = options.connect().await?;
                // A file that is no database shows by the first question.
                sqlx::query("SELECT count(*) FROM sqlite_schema").execute(&mut connection).await?;
                connection.close().await
            })
            .await
        }
        DatabaseUrl::Postgres(url) => {
            timeout(PATIENCE, async {
                let mut connection = PgConnection::connect(url.expose_text().unwrap_or_default()).await?;
                connection.ping().await?;
                connection.close().await
            })
            .await
        }
    };
    match reached {
        Ok(Ok(())) => Ok(format!("{name}: reached")),
        Ok(Err(error)) => Err(format!("{name}: {error}")),
        Err(_) => Err(format!("{name}: it did not answer within {PATIENCE:?}")),
    }
}
