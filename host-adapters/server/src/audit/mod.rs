//! The audit log: who did what, when, from where. In the same database as everything else, and kept as long as the
//! settings say.
//!
//! Refreshes are not in it, only what was strange about one. Neither is what somebody typed as the address of an account
//! that does not exist, since people type their password into the wrong field; nor any password or token.

mod entry;
mod event;
mod postgres;
mod row;
mod sqlite;

pub(crate) use entry::Origin;
pub use entry::{Entry, Recorded};
pub use event::{Actor, Event};

use crate::accounts::UserId;
use crate::database::Database;
use glowband_session::{StoreError, Timestamp};
use std::time::Duration;

/// The audit log of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub struct Audit {
    database: Database,
}

/// Which lines to read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub user: Option<UserId>,
    pub event: Option<Event>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Before this line: where the next page begins.
    pub before: Option<i64>,
}

impl Audit {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Writes a line; it is there when this returns.
    pub async fn record(&self, entry: Entry) -> Result<(), StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::record(file, &entry).await,
            Database::Postgres(database) => postgres::record(database, &entry).await,
        }
    }

    /// Writes a line about something that has happened already, and cannot be taken back because it could not be
    /// written: then it goes to the log of the server instead.
    pub(crate) async fn note(&self, entry: Entry) {
        let (event, actor, user, session) =
            (entry.event.name(), entry.actor.name(), entry.user_id.clone(), entry.session_id.clone());
        if let Err(error) = self.record(entry).await {
            tracing::error!(event, actor, user, session, %error, "the audit log could not be written");
        }
    }

    /// At most `limit` lines, the newest first.
    pub async fn list(&self, filter: &Filter, limit: u32) -> Result<Vec<Recorded>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::list(file, filter, limit).await,
            Database::Postgres(database) => postgres::list(database, filter, limit).await,
        }
    }

    /// Removes lines older than that. Answers how many.
    pub(crate) async fn prune(&self, keep: Duration) -> Result<u64, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::prune(file, keep).await,
            Database::Postgres(database) => postgres::prune(database, keep).await,
        }
    }
}

#[cfg(test)]
mod on_both_databases;
