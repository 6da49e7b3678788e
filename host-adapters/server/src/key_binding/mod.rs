//! The binding of a database to the refresh secrets of its logins. A server with other secrets ends with an error at its
//! start, instead of ending every login.
//!
//! An operator who starts a second server on a database can overlook that it needs the secret of the first one, and an
//! operator who moves a database may leave the secret behind. Such a server would refuse every refresh token as unknown. The
//! binding does not depend on whether there are logins at the moment: the first server may open some at any time.

use glowband_session::StoreError;
use glowband_storage::Storage;

/// The result of checking the secrets of a server against a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyBinding {
    /// The database is bound to one of the secrets, or was bound to none.
    Match,
    /// The database is bound to other secrets only.
    Mismatch,
}

impl KeyBinding {
    /// Compares the names that a database is bound to with those of a server's own secrets.
    pub(crate) fn of(bound: &[String], own: &[String]) -> Self {
        if matches(bound, own) { Self::Match } else { Self::Mismatch }
    }
}

/// Returns the names of the secrets that a database is bound to.
///
/// # Errors
/// Those of the database.
pub(crate) async fn names(storage: &Storage) -> Result<Vec<String>, StoreError> {
    storage.key_binding().names().await
}

/// Checks the names of a server's secrets. If they match, the database is bound to all of them from now on.
///
/// # Errors
/// Those of the database.
pub(crate) async fn check(storage: &Storage, own: &[String]) -> Result<KeyBinding, StoreError> {
    let matched = storage.key_binding().bind(own, matches).await?;
    Ok(if matched { KeyBinding::Match } else { KeyBinding::Mismatch })
}

/// Binds a database to these secrets and no others. Logins that were made with others end at their next refresh.
///
/// # Errors
/// Those of the database.
pub(crate) async fn replace(storage: &Storage, own: &[String]) -> Result<(), StoreError> {
    storage.key_binding().replace(own).await
}

fn matches(bound: &[String], own: &[String]) -> bool {
    bound.is_empty() || own.iter().any(|name| bound.contains(name))
}

#[cfg(test)]
mod tests;
