//! By which refresh secrets the logins in a database are made, so that a server with others ends with an error instead of
//! ending everybody's login.
//!
//! Whoever starts a second server on a database easily forgets that it needs the first one's secret, and whoever moves a
//! database to leave it behind. Such a server would take every refresh token for an invention. Whether there are logins at
//! the moment does not matter: the server that was here first may open some at any time.

mod postgres;
mod sqlite;

pub(crate) use postgres::look as look_at_postgres;
pub(crate) use sqlite::look as look_at_sqlite;

use crate::database::Database;
use glowband_session::StoreError;

/// What a database says to the secrets of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Acquaintance {
    /// It remembers one of them, or none at all; from now on it remembers all of them.
    Known,
    /// It remembers others only.
    Stranger,
}

/// The names that a database remembers; nothing is changed.
///
/// # Errors
/// Those of the database.
pub(crate) async fn remembered(database: &Database) -> Result<Vec<String>, StoreError> {
    match database {
        Database::Sqlite(file) => sqlite::remembered(file).await,
        Database::Postgres(database) => postgres::remembered(database).await,
    }
}

/// Asks a database whether it knows a server's secrets, by their names, and makes it remember them if it does.
///
/// # Errors
/// Those of the database.
pub(crate) async fn meet(database: &Database, names: &[String]) -> Result<Acquaintance, StoreError> {
    match database {
        Database::Sqlite(file) => sqlite::meet(file, names).await,
        Database::Postgres(database) => postgres::meet(database, names).await,
    }
}

/// Makes a database remember these secrets and no others: logins that were made with others end at their next refresh.
///
/// # Errors
/// Those of the database.
pub(crate) async fn replace(database: &Database, names: &[String]) -> Result<(), StoreError> {
    match database {
        Database::Sqlite(file) => sqlite::replace(file, names).await,
        Database::Postgres(database) => postgres::replace(database, names).await,
    }
}

/// What a database that remembers these says to a server's own.
pub(crate) fn judge(remembered: &[String], names: &[String]) -> Acquaintance {
    let known = names.iter().any(|name| remembered.contains(name));
    if known || remembered.is_empty() { Acquaintance::Known } else { Acquaintance::Stranger }
}

#[cfg(test)]
mod tests;
