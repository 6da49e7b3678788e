//! Opaque access tokens: rows that say what a token stands for. They are void in the moment in which their session ends.

mod postgres;
mod row;
mod sqlite;

pub(crate) use row::OpaqueTokenRow;

use crate::database::Database;
use glowband_issue::OpaqueToken;
use glowband_session::{Session, StoreError};
use std::time::Duration;

/// The opaque tokens of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub(crate) struct OpaqueTokens {
    database: Database,
}

impl OpaqueTokens {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Keeps a token that was just generated, for a session of a user. Answers `false`, and keeps nothing, if the user is
    /// disabled or deleted.
    pub(crate) async fn insert(
        &self,
        token: &OpaqueToken,
        session: &Session,
        lifetime: Duration,
    ) -> Result<bool, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::insert(file, token, session, lifetime).await,
            Database::Postgres(database) => postgres::insert(database, token, session, lifetime).await,
        }
    }

    /// The row of a token that is good: it is known and not expired, its session is open and its user not disabled. All of
    /// that is one look, by the clock of the database.
    pub(crate) async fn find(&self, token: &OpaqueToken) -> Result<Option<OpaqueTokenRow>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::find(file, token).await,
            Database::Postgres(database) => postgres::find(database, token).await,
        }
    }

    /// Removes a token; its session goes on. Answers whether there was one.
    pub(crate) async fn revoke(&self, token: &OpaqueToken) -> Result<bool, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::revoke(file, token).await,
            Database::Postgres(database) => postgres::revoke(database, token).await,
        }
    }

    /// Removes expired tokens, of which nobody needs to know anything. Answers how many.
    pub(crate) async fn prune(&self) -> Result<u64, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::prune(file).await,
            Database::Postgres(database) => postgres::prune(database).await,
        }
    }
}

#[cfg(test)]
mod on_both_databases;
