//! A PostgreSQL database: connects to it, and brings its tables up to date.

use super::address;
use super::pool::{CONNECT, PostgresPool};
use crate::migrations::{self, Migrations};
use crate::store_error;
use glowband_session::{StoreError, StoreErrorKind};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How many connections a process holds at most, unless it says otherwise.
const CONNECTIONS: u32 = 16;
/// A PostgreSQL database that holds sessions, and other tables if one likes. A clone is a second handle.
///
/// While the database is unreachable every call returns [`StoreErrorKind::Unavailable`], within seconds at first and then
/// immediately. Calls succeed again within a second after it is back. Connections that fail silently are detected and replaced.
#[derive(Clone)]
pub struct PostgresDatabase {
    /// Shared, since each transaction holds a handle.
    options: Arc<PgConnectOptions>,
    pool: PostgresPool,
}

impl PostgresDatabase {
    /// Reaches the database of this URL, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, and brings the tables of sessions
    /// up to date. Parameters: those of libpq that sqlx knows, `sslmode=verify-full` for one. A pooler in between must keep
    /// a server connection for each client connection (PgBouncer: `pool_mode = session`), since they have settings and prepared statements.
    ///
    /// # Errors
    /// [`StoreErrorKind::Refused`] for an invalid URL, [`StoreErrorKind::Schema`] if a later version has migrated the
    /// database or no database has this name, [`StoreErrorKind::NotPermitted`], [`StoreErrorKind::Unavailable`].
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::connect_with(url, CONNECTIONS).await
    }

    /// The same with at most this many connections; at least one.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(url: &str, connections: u32) -> Result<Self, StoreError> {
        let options = Arc::new(address::parse(url)?);
        let pool = PostgresPool::new(Arc::clone(&options), connections.max(1));
        let database = Self { options, pool };
        database.migrate(&migrations::SESSION_POSTGRES).await?;
        Ok(database)
    }

    /// Brings further tables up to date, those of a program that shares the database. A program that starts at the same time
    /// waits.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn migrate(&self, migrations: &Migrations) -> Result<(), StoreError> {
        // A connection of its own: a step may take longer than any question, and the lock ends with the connection.
        let mut connection: PgConnection = within(CONNECT, self.options.connect()).await?;
        let migrated = migrations.apply(&mut connection, true).await;
        let closed = connection.close().await;
        migrated.and_then(|()| closed.map_err(store_error))
    }

    /// The connections.
    pub fn pool(&self) -> &PostgresPool {
        &self.pool
    }

    /// Closes all connections; handles and clones answer [`StoreErrorKind::Unavailable`] from then on.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Waits for an answer within the limit of the pool, 3.5 s: the machine of the database may have failed silently.
    /// A connection that `answer` has taken is closed if it runs into the limit.
    ///
    /// # Errors
    /// [`StoreErrorKind::Unavailable`] where there was no answer; what the error of `answer` means.
    pub async fn within_limit<T>(&self, answer: impl Future<Output = sqlx::Result<T>>) -> Result<T, StoreError> {
        let answer = self.pool.within_limit(answer).await.map_err(store_error);
        if answer.as_ref().is_err_and(|error| error.kind() == StoreErrorKind::ReadOnly) {
            self.pool.renew_read_only();
        }
        answer
    }
}

/// A new connection that is not the pool's.
async fn within<T>(limit: Duration, answer: impl Future<Output = sqlx::Result<T>>) -> Result<T, StoreError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => answer.map_err(store_error),
        Err(_) => {
            let text = format!("it did not answer within {} s", limit.as_secs());
            Err(StoreError::new(StoreErrorKind::Unavailable, text))
        }
    }
}

/// Shows no address, which may hold a password.
impl fmt::Debug for PostgresDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresDatabase").field("connections", &self.pool.size()).finish_non_exhaustive()
    }
}
