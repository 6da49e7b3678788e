//! From which networks users have registered or logged in, so that an owner is not shut out while strangers try the
//! password: for thirty days, in the database, for all its servers.

mod postgres;
mod sqlite;

use crate::accounts::{Email, UserId};
use crate::attempts::network;
use crate::database::Database;
use glowband_session::StoreError;
use std::net::IpAddr;
use std::time::Duration;

/// For how long a network is one of the user's after a login.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(30 * 86_400);
/// A row is written again only when it is older than this.
const WRITTEN_AGAIN: Duration = Duration::from_secs(86_400);
/// Networks of one user: the last that were seen.
const MOST: i64 = 16;

/// The known networks of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub(crate) struct KnownAddresses {
    database: Database,
}

impl KnownAddresses {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Keeps the network of a login that has succeeded. Does nothing for a user who was deleted meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn keep(&self, user: &UserId, from: IpAddr) -> Result<(), StoreError> {
        let network = network(from).to_string();
        match &self.database {
            Database::Sqlite(file) => sqlite::keep(file, user, &network).await,
            Database::Postgres(database) => postgres::keep(database, user, &network).await,
        }
    }

    /// Whether the user of this e-mail address has logged in from this network.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn contains(&self, account: &Email, from: IpAddr) -> Result<bool, StoreError> {
        let network = network(from).to_string();
        match &self.database {
            Database::Sqlite(file) => sqlite::contains(file, account, &network).await,
            Database::Postgres(database) => postgres::contains(database, account, &network).await,
        }
    }

    /// Removes what was not seen for thirty days. Returns how many rows.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn prune(&self) -> Result<u64, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::prune(file).await,
            Database::Postgres(database) => postgres::prune(database).await,
        }
    }
}

#[cfg(test)]
mod on_both_databases;
