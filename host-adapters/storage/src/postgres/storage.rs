//! All tables of a login server in a PostgreSQL database.

use super::{PostgresDatabase, PostgresStore};
use crate::database_error::{DatabaseError, store_error};
use crate::migrations;
use crate::storage::{PoolSize, Storage, Tables};
use glowband_session::{SessionStore, StoreError};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use std::pin::Pin;
use std::sync::Arc;

/// How many rows one statement deletes; other statements run in between.
const BATCH: i64 = 1000;

/// Milliseconds since 1970 by the clock of PostgreSQL, at the moment when this is evaluated.
macro_rules! now {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    };
}
pub(super) use now;

/// All tables of a login server in a PostgreSQL database, whose clock counts for all of them. A clone is a second handle.
#[derive(Clone, Debug)]
pub struct PostgresStorage {
    pub(super) database: PostgresDatabase,
    pub(super) sessions: PostgresStore,
}

impl PostgresStorage {
    /// Connects to a database, with at most this many connections, and brings all tables up to date.
    ///
    /// # Errors
    /// As [`PostgresDatabase::connect`].
    pub async fn connect(url: &str, connections: u32) -> Result<Self, StoreError> {
        let database = PostgresDatabase::connect_with(url, connections).await?;
        database.migrate(&migrations::SERVER_POSTGRES).await?;
        Ok(Self::of(database))
    }

    /// Uses an open database, and brings all tables up to date.
    ///
    /// # Errors
    /// As [`PostgresDatabase::migrate`].
    pub async fn over(database: PostgresDatabase) -> Result<Self, StoreError> {
        database.migrate(&migrations::SESSION_POSTGRES).await?;
        database.migrate(&migrations::SERVER_POSTGRES).await?;
        Ok(Self::of(database))
    }

    /// Reads the names of the refresh secrets that a database is bound to, and changes nothing: the tables are not brought
    /// up to date.
    ///
    /// # Errors
    /// [`Schema`](glowband_session::StoreErrorKind::Schema) if a later program has changed the tables; those of the
    /// database.
    pub async fn inspect(url: &str) -> Result<Vec<String>, StoreError> {
        let mut connection = PgConnection::connect(url).await.map_err(store_error)?;
        migrations::SESSION_POSTGRES.check(&mut connection).await?;
        migrations::SERVER_POSTGRES.check(&mut connection).await?;
        let names = super::key_binding::names_if_any(&mut connection).await.map_err(store_error)?;
        connection.close().await.map_err(store_error)?;
        Ok(names)
    }

    /// Returns the connections, so that a program can run statements of its own.
    pub const fn database(&self) -> &PostgresDatabase {
        &self.database
    }

    fn of(database: PostgresDatabase) -> Self {
        Self { sessions: PostgresStore::new(database.clone()), database }
    }

    /// Deletes old rows, by a statement with the parameters age in milliseconds and number of rows. Returns how many.
    pub(super) async fn prune_older(&self, statement: &'static str, age: i64) -> Result<u64, DatabaseError> {
        let mut removed = 0;
        loop {
            let prune = sqlx::query(statement).bind(age).bind(BATCH);
            let batch = self.database.within_limit(prune.execute(self.database.pool())).await?.rows_affected();
            removed += batch;
            if batch < BATCH.unsigned_abs() {
                return Ok(removed);
            }
        }
    }
}

impl Tables for PostgresStorage {
    fn sessions(&self) -> Arc<dyn SessionStore> {
        Arc::new(self.sessions.clone())
    }

    fn pools(&self) -> Vec<PoolSize> {
        let pool = self.database.pool();
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        vec![PoolSize { name: "postgres", open: pool.size(), idle }]
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.database.close())
    }
}

impl From<PostgresStorage> for Storage {
    fn from(storage: PostgresStorage) -> Self {
        Self::new(storage)
    }
}
