//! A PostgreSQL database: reached, and brought up to date.

use super::address;
use crate::{Migration, Migrations, StoreError, StoreErrorKind};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};
use std::fmt;
use std::time::Duration;

/// How many connections a process holds at most, unless it says otherwise.
const CONNECTIONS: u32 = 16;
/// How long a task waits for a connection.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a database that does not answer is waited for, all in all.
const LIMIT: Duration = Duration::from_secs(6);
/// How long a connection may lie unused before it is tried out.
const IDLE: Duration = Duration::from_secs(1);

/// What the statements of this crate count on, whatever the server's defaults are. A statement that waits for a row sees
/// what it was waiting for only at READ COMMITTED; one that waits in vain gives up before its task does.
const SETTINGS: &str = "SET default_transaction_isolation = 'read committed'; SET statement_timeout = '5s'; \
    SET idle_in_transaction_session_timeout = '10s'";

/// A PostgreSQL database that holds sessions, and other tables if one likes. A clone is a second handle.
///
/// While the database is away every question is answered [`StoreErrorKind::Unavailable`] within seconds; when it is back,
/// so are the answers.
#[derive(Clone)]
pub struct PostgresDatabase {
    options: PgConnectOptions,
    pool: PgPool,
}

impl PostgresDatabase {
    /// The tables of sessions.
    pub const MIGRATIONS: Migrations = Migrations {
        table: "_glowband_session_migrations",
        steps: &[
            Migration {
                version: 1,
                description: "sessions",
                sql: include_str!("../../migrations/postgres/0001_sessions.sql"),
            },
            Migration {
                version: 2,
                description: "in doubt",
                sql: include_str!("../../migrations/postgres/0002_in_doubt.sql"),
            },
        ],
    };

    /// Reaches the database of this URL, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, and brings the tables of sessions
    /// up to date. Parameters: those of libpq that sqlx knows, `sslmode=verify-full` for one. A pooler in between must keep
    /// a connection for each of ours (PgBouncer: `pool_mode = session`), since they have settings and prepared statements.
    ///
    /// # Errors
    /// [`StoreErrorKind::Refused`] for what is no such URL, [`StoreErrorKind::Schema`] if a later program has been at the
    /// database or there is none of this name, [`StoreErrorKind::NotPermitted`], [`StoreErrorKind::Unavailable`].
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::connect_with(url, CONNECTIONS).await
    }

    /// The same with at most this many connections; at least one.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(url: &str, connections: u32) -> Result<Self, StoreError> {
        let options = address::parse(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(1))
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .after_connect(|connection, _| Box::pin(async move { connection.execute(SETTINGS).await.map(drop) }))
            // One in use shows by its next answer whether it still works; asking first would double every round trip.
            .before_acquire(|connection, about| {
                Box::pin(async move { Ok(about.idle_for < IDLE || connection.ping().await.is_ok()) })
            })
            .connect_lazy_with(options.clone());
        let database = Self { options, pool };
        database.migrate(&Self::MIGRATIONS).await?;
        Ok(database)
    }

    /// Brings further tables up to date: those of whoever shares the database. Whoever starts at the same time waits.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn migrate(&self, migrations: &Migrations) -> Result<(), StoreError> {
        // A connection of its own: a step may take longer than any question, and the lock ends with the connection.
        let mut connection: PgConnection = within(PATIENCE, self.options.connect()).await?;
        let migrated = migrations.apply(&mut connection, true).await;
        let closed = connection.close().await;
        migrated.and_then(|()| Ok(closed?))
    }

    /// The connections.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Closes all connections; handles and clones answer [`StoreErrorKind::Unavailable`] from then on.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Waits for an answer, but not for ever: the machine of the database may have gone without a word.
    pub async fn within_limit<T>(&self, answer: impl Future<Output = sqlx::Result<T>>) -> Result<T, StoreError> {
        within(LIMIT, answer).await
    }
}

async fn within<T>(limit: Duration, answer: impl Future<Output = sqlx::Result<T>>) -> Result<T, StoreError> {
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => Ok(answer?),
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
