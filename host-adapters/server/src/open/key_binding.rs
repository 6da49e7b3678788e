//! The refresh secret of a server, read or created, and the binding of the database to it.

use super::refresh_secret::{self, Secrets};
use crate::config::{DatabaseUrl, SecretPlace, Settings};
use crate::key_binding::{self, KeyBinding};
use crate::start_error::StartError;
use glowband_storage::Storage;
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

/// Reads the secret, or creates one if the database is not bound to another.
pub(super) async fn secrets(
    settings: &Settings,
    storage: &Storage,
    new: UnknownRefreshSecret,
) -> Result<Secrets, StartError> {
    if let Some(path) = not_made_yet(settings)
        && new == UnknownRefreshSecret::Refuse
    {
        let bound = key_binding::names(storage).await;
        let bound = bound.map_err(|error| StartError::of_database(&settings.database, error))?;
        // Another server may have created the file in between, and bound the database to it.
        if !bound.is_empty() && !path.exists() {
            return Err(StartError::RefreshSecret(lost(&settings.database, path)));
        }
    }
    refresh_secret::read_or_make(&settings.refresh_secret, may_be_made(settings))
}

/// Binds the database to the secret, if its logins are made with it.
pub(super) async fn introduce(
    settings: &Settings,
    storage: &Storage,
    refresh: &Secrets,
    new: UnknownRefreshSecret,
) -> Result<(), StartError> {
    let checked = match new {
        UnknownRefreshSecret::Refuse => key_binding::check(storage, &refresh.names).await,
        UnknownRefreshSecret::Accept => key_binding::replace(storage, &refresh.names).await.map(|()| KeyBinding::Match),
    };
    match checked.map_err(|error| StartError::of_database(&settings.database, error))? {
        KeyBinding::Match => Ok(()),
        KeyBinding::Mismatch => Err(StartError::RefreshSecret(mismatch(settings))),
    }
}

/// Returns the result of both for a database that is bound to these names; creates and changes nothing.
pub(super) fn look(settings: &Settings, bound: &[String], new: UnknownRefreshSecret) -> Result<String, StartError> {
    if let Some(path) = not_made_yet(settings) {
        return if bound.is_empty() || new == UnknownRefreshSecret::Accept {
            Ok(format!("{}: will be created", path.display()))
        } else {
            Err(StartError::RefreshSecret(lost(&settings.database, path)))
        };
    }
    let Secrets { keys, names } = refresh_secret::read_or_make(&settings.refresh_secret, false)?;
    if new == UnknownRefreshSecret::Refuse && KeyBinding::of(bound, &names) == KeyBinding::Mismatch {
        return Err(StartError::RefreshSecret(mismatch(settings)));
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

fn mismatch(settings: &Settings) -> String {
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
