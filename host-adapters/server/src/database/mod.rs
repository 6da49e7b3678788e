//! The one database of a server: sessions, users, tokens and what has happened, in a SQLite file or in PostgreSQL.

mod migrations;
mod numbers;

pub(crate) use numbers::{damaged, milliseconds, moment, signed};

/// Milliseconds since 1970 by the clock of PostgreSQL, at the moment when this is evaluated.
macro_rules! postgres_now {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    };
}
pub(crate) use postgres_now;

use crate::config::DatabaseUrl;
use glowband_session::{
    PostgresDatabase, PostgresStore, RefreshKeys, Rules, SessionStore, Sessions, SqliteDatabase, SqliteStore,
    SteadyClock, StoreClock, StoreError,
};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use std::path::Path;
use std::sync::Arc;

/// An open database with all tables of this program. A clone is a second handle.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a handle, of which there are few")]
pub(crate) enum Database {
    Sqlite(SqliteFile),
    Postgres(PostgresDatabase),
}

/// A SQLite file, and the one clock that everything in it is judged by; PostgreSQL has its own.
#[derive(Clone, Debug)]
pub(crate) struct SqliteFile {
    pub(crate) file: SqliteDatabase,
    clock: Arc<dyn StoreClock>,
}

impl SqliteFile {
    /// The time now, as the database holds it.
    pub(crate) fn now(&self) -> i64 {
        signed(self.clock.now().0)
    }

    /// The clock that everything in the file is judged by.
    pub(crate) fn clock(&self) -> Arc<dyn StoreClock> {
        Arc::clone(&self.clock)
    }
}

impl Database {
    /// Opens what the settings name. Of SQLite there is one writer and a few readers, whatever `connections` says.
    pub(crate) async fn open(url: &DatabaseUrl, connections: u32) -> Result<Self, StoreError> {
        match url {
            DatabaseUrl::Sqlite(path) => Self::sqlite(path).await,
            DatabaseUrl::Postgres(url) => Self::postgres(url.expose_text().unwrap_or_default(), connections).await,
        }
    }

    /// Opens or creates a SQLite file.
    pub(crate) async fn sqlite(path: &Path) -> Result<Self, StoreError> {
        Self::sqlite_with_clock(path, Arc::new(SteadyClock::new())).await
    }

    pub(crate) async fn sqlite_with_clock(path: &Path, clock: Arc<dyn StoreClock>) -> Result<Self, StoreError> {
        let file = SqliteDatabase::open(path).await?;
        file.migrate(&migrations::SQLITE).await?;
        Ok(Self::Sqlite(SqliteFile { file, clock }))
    }

    /// Whether this program can use the tables of a SQLite file; changes nothing.
    pub(crate) async fn check_sqlite(connection: &mut SqliteConnection) -> Result<(), StoreError> {
        SqliteDatabase::MIGRATIONS.check(connection).await?;
        migrations::SQLITE.check(connection).await
    }

    /// The same for a PostgreSQL database.
    pub(crate) async fn check_postgres(connection: &mut PgConnection) -> Result<(), StoreError> {
        PostgresDatabase::MIGRATIONS.check(connection).await?;
        migrations::POSTGRES.check(connection).await
    }

    /// Reaches a PostgreSQL database, with at most so many connections.
    pub(crate) async fn postgres(url: &str, connections: u32) -> Result<Self, StoreError> {
        let database = PostgresDatabase::connect_with(url, connections).await?;
        database.migrate(&migrations::POSTGRES).await?;
        Ok(Self::Postgres(database))
    }

    /// The sessions that are kept in it.
    pub(crate) fn sessions(&self, keys: RefreshKeys, rules: Rules) -> Sessions {
        Sessions::new(self.session_store(), keys, rules)
    }

    /// The same without the secrets that refresh tokens are made with: enough to list and to end them.
    pub(crate) fn session_store(&self) -> Arc<dyn SessionStore> {
        match self {
            Self::Sqlite(SqliteFile { file, clock }) => {
                Arc::new(SqliteStore::with_clock(file.clone(), Arc::clone(clock)))
            }
            Self::Postgres(database) => Arc::new(PostgresStore::new(database.clone())),
        }
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(SqliteFile { file, .. }) => file.close().await,
            Self::Postgres(database) => database.close().await,
        }
    }
}

#[cfg(test)]
mod on_both_databases;
#[cfg(test)]
pub(crate) mod places;
