//! A transaction of SQLite that leaves no connection behind in the middle of one.

use crate::store_error;
use glowband_session::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Executor, Sqlite};
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A change of several statements, with the write lock held from its start. Nothing of it is done unless it is
/// [committed](Self::commit).
///
/// SQLite ends a transaction by itself when the disk is full; a later rollback then fails because there is no transaction. So a
/// connection whose change was not committed is closed, and the next change gets a new one.
pub struct SqliteChange(Option<PoolConnection<Sqlite>>);

impl SqliteChange {
    pub(super) async fn begin(pool: &SqlitePool) -> Result<Self, StoreError> {
        let mut change = Self(Some(pool.acquire().await.map_err(store_error)?));
        change.execute("BEGIN IMMEDIATE").await.map_err(store_error)?;
        Ok(change)
    }

    /// Commits the changes.
    ///
    /// # Errors
    /// Those of the database; then nothing was changed.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.execute("COMMIT").await.map_err(store_error)?;
        // From here on the connection is as good as before.
        drop(self.0.take());
        Ok(())
    }

    /// Undoes the changes, as dropping the value does, but keeps the connection open.
    ///
    /// # Errors
    /// Those of the database; the changes are undone in any case.
    pub async fn rollback(mut self) -> Result<(), StoreError> {
        self.execute("ROLLBACK").await.map_err(store_error)?;
        drop(self.0.take());
        Ok(())
    }
}

impl Deref for SqliteChange {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.0.as_ref().expect("it is there until the end")
    }
}

impl DerefMut for SqliteChange {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.0.as_mut().expect("it is there until the end")
    }
}

impl Drop for SqliteChange {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.0 {
            connection.close_on_drop();
        }
    }
}

impl fmt::Debug for SqliteChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteChange").finish_non_exhaustive()
    }
}
