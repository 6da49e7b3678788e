//! All tables of a login server in a SQLite file.

use super::{SqliteDatabase, SqliteStore};
use crate::database_error::{DatabaseError, store_error};
use crate::migrations;
use crate::storage::{PoolSize, Storage, Tables};
use crate::values::signed;
use glowband_session::{SessionStore, SteadyClock, StoreClock, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, SqlitePool};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

/// How many rows one statement deletes; other statements run in between.
const BATCH: i64 = 500;

/// All tables of a login server in a SQLite file, with one clock for all of them. A clone is a second handle.
#[derive(Clone, Debug)]
pub struct SqliteStorage {
    pub(super) database: SqliteDatabase,
    pub(super) sessions: SqliteStore,
    clock: Arc<dyn StoreClock>,
}

impl SqliteStorage {
    /// Opens a file, or creates it, and brings all tables up to date. The clock is a [`SteadyClock`].
    ///
    /// # Errors
    /// As [`SqliteDatabase::open`].
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with_clock(path, Arc::new(SteadyClock::new())).await
    }

    /// Does the same with another clock, for tests. All programs that use the file must agree on the time.
    ///
    /// # Errors
    /// As [`SqliteDatabase::open`].
    pub async fn open_with_clock(path: impl AsRef<Path>, clock: Arc<dyn StoreClock>) -> Result<Self, StoreError> {
        let database = SqliteDatabase::open(path).await?;
        database.migrate(&migrations::SERVER_SQLITE).await?;
        let sessions = SqliteStore::with_clock(database.clone(), Arc::clone(&clock));
        Ok(Self { database, sessions, clock })
    }

    /// Reads the names of the refresh secrets that an existing file is bound to, and changes nothing: the tables are not
    /// brought up to date.
    ///
    /// # Errors
    /// [`Schema`](glowband_session::StoreErrorKind::Schema) if a later program has changed the tables; those of the file.
    pub async fn inspect(path: impl AsRef<Path>) -> Result<Vec<String>, StoreError> {
        let options = SqliteConnectOptions::new().filename(path).read_only(true);
        let mut connection: SqliteConnection = options.connect().await.map_err(store_error)?;
        migrations::SESSION_SQLITE.check(&mut connection).await?;
        migrations::SERVER_SQLITE.check(&mut connection).await?;
        let names = super::key_binding::names_if_any(&mut connection).await.map_err(store_error)?;
        connection.close().await.map_err(store_error)?;
        Ok(names)
    }

    /// Returns the connections, so that a program can run statements of its own.
    pub const fn database(&self) -> &SqliteDatabase {
        &self.database
    }

    /// The time now, as a column holds it.
    pub(super) fn now(&self) -> i64 {
        signed(self.clock.now().0)
    }

    pub(super) fn readers(&self) -> &SqlitePool {
        self.database.readers()
    }

    pub(super) fn writer(&self) -> &SqlitePool {
        self.database.writer()
    }

    /// Deletes the rows before a time, by a statement with the parameters time and number of rows. Returns how many.
    pub(super) async fn prune_before(&self, statement: &'static str, before: i64) -> Result<u64, DatabaseError> {
        let mut removed = 0;
        loop {
            let prune = sqlx::query(statement).bind(before).bind(BATCH);
            let batch = prune.execute(self.writer()).await?.rows_affected();
            removed += batch;
            if batch < BATCH.unsigned_abs() {
                return Ok(removed);
            }
        }
    }
}

impl Tables for SqliteStorage {
    fn sessions(&self) -> Arc<dyn SessionStore> {
        Arc::new(self.sessions.clone())
    }

    fn pools(&self) -> Vec<PoolSize> {
        let size = |name, pool: &SqlitePool| PoolSize {
            name,
            open: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
        };
        vec![size("readers", self.readers()), size("writer", self.writer())]
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.database.close())
    }
}

impl From<SqliteStorage> for Storage {
    fn from(storage: SqliteStorage) -> Self {
        Self::new(storage)
    }
}
