//! A server's refresh secret and the database: read or made, and known there.

use super::refresh_secret::{self, Secrets};
use crate::config::{DatabaseUrl, SecretPlace, Settings};
use crate::database::Database;
use crate::refresh_secrets::{self, Acquaintance, judge};
use crate::start_error::StartError;
use std::path::Path;

/// What to do about a refresh secret that the database does not know.
///
/// A database keeps the names of the refresh secrets of its servers. A server with another secret would end every login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownRefreshSecret {
    /// Refuses to open the server.
    #[default]
    Refuse,
    /// Replaces the secrets that the database knows. All logins end.
    Accept,
}

/// Reads the secret, or makes one where the database does not wait for another.
pub(super) async fn secrets(
    settings: &Settings,
    database: &Database,
    new: UnknownRefreshSecret,
) -> Result<Secrets, StartError> {
    if let Some(path) = not_made_yet(settings)
        && new == UnknownRefreshSecret::Refuse
    {
        let remembered = refresh_secrets::remembered(database).await;
        let remembered = remembered.map_err(|error| StartError::of_database(&settings.database, error))?;
        // Another server may have made it in the meantime, and told its name.
        if !remembered.is_empty() && !path.exists() {
            return Err(StartError::RefreshSecret(lost(&settings.database, path)));
        }
    }
    refresh_secret::read_or_make(&settings.refresh_secret, may_be_made(settings))
}

/// Makes the database remember the secret, if it is the one of its logins.
pub(super) async fn introduce(
    settings: &Settings,
    database: &Database,
    refresh: &Secrets,
    new: UnknownRefreshSecret,
) -> Result<(), StartError> {
    let met = match new {
        UnknownRefreshSecret::Refuse => refresh_secrets::meet(database, &refresh.names).await,
        UnknownRefreshSecret::Accept => {
            refresh_secrets::replace(database, &refresh.names).await.map(|()| Acquaintance::Known)
        }
    };
    match met.map_err(|error| StartError::of_database(&settings.database, error))? {
        Acquaintance::Known => Ok(()),
        Acquaintance::Stranger => Err(StartError::RefreshSecret(stranger(settings))),
    }
}

/// What both would come to with a database that remembers these names; makes and changes nothing.
pub(super) fn look(
    settings: &Settings,
    remembered: &[String],
    new: UnknownRefreshSecret,
) -> Result<String, StartError> {
    if let Some(path) = not_made_yet(settings) {
        return if remembered.is_empty() || new == UnknownRefreshSecret::Accept {
            Ok(format!("{}: it will be made", path.display()))
        } else {
            Err(StartError::RefreshSecret(lost(&settings.database, path)))
        };
    }
    let Secrets { keys, names } = refresh_secret::read_or_make(&settings.refresh_secret, false)?;
    if new == UnknownRefreshSecret::Refuse && judge(remembered, &names) == Acquaintance::Stranger {
        return Err(StartError::RefreshSecret(stranger(settings)));
    }
    Ok(format!("the refresh secret {} is current", keys.current()))
}

/// The secret in the data folder is ours to make; one that an operator names is theirs.
fn may_be_made(settings: &Settings) -> bool {
    matches!(&settings.refresh_secret, SecretPlace::File(path) if *path == settings.data.join("refresh.key"))
}

fn not_made_yet(settings: &Settings) -> Option<&Path> {
    match &settings.refresh_secret {
        SecretPlace::File(path) if may_be_made(settings) && !path.exists() => Some(path),
        _ => None,
    }
}

fn lost(database: &DatabaseUrl, path: &Path) -> String {
    format!(
        "{}: this file is missing, and {database} knows the refresh secret of its logins, which would all end with a new \
         one. Servers of one database share the secret: put it there (refresh.key in the data folder of another server, or \
         of a backup). If it is lost, --accept-refresh-secret makes a new one",
        path.display()
    )
}

fn stranger(settings: &Settings) -> String {
    let place = match &settings.refresh_secret {
        SecretPlace::File(path) => path.display().to_string(),
        SecretPlace::Here(_) => "GLOWBAND_REFRESH_SECRET".to_owned(),
    };
    format!(
        "{}: its logins are made with another refresh secret than that of {place}, and would all end. Servers of one \
         database share the secret: put the other one's there (refresh.key in its data folder). If it is lost, \
         --accept-refresh-secret goes on with this one",
        settings.database
    )
}
