//! A transaction of several statements, each within the time limit of the database.

use super::database::PostgresDatabase;
use super::lease::PostgresTransaction;
use glowband_session::StoreError;
use sqlx::postgres::PgConnection;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A transaction of several statements. Nothing of it is done unless it is [committed](Self::commit).
///
/// Each statement runs within [`PostgresDatabase::within_limit`]. Dropped without a commit, it is rolled back.
pub struct PostgresChange {
    database: PostgresDatabase,
    transaction: PostgresTransaction,
}

impl PostgresDatabase {
    /// Begins a transaction that changes something. Locks that it takes are held until it ends.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn change(&self) -> Result<PostgresChange, StoreError> {
        let transaction = self.within_limit(self.pool().begin()).await?;
        Ok(PostgresChange { database: self.clone(), transaction })
    }

    /// Begins a transaction that only reads. All its statements see the database as it was at the first of them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn look(&self) -> Result<PostgresChange, StoreError> {
        let transaction = self.within_limit(self.pool().begin_reading()).await?;
        Ok(PostgresChange { database: self.clone(), transaction })
    }
}

impl PostgresChange {
    /// Commits the changes.
    ///
    /// # Errors
    /// Those of the database. The changes were made or not, all of them or none.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.database.within_limit(self.transaction.commit()).await
    }

    /// Undoes the changes, as dropping the value does.
    ///
    /// # Errors
    /// Those of the database. The changes are undone all the same.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.database.within_limit(self.transaction.rollback()).await
    }
}

impl Deref for PostgresChange {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.transaction
    }
}

impl DerefMut for PostgresChange {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }
}

impl fmt::Debug for PostgresChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresChange").finish_non_exhaustive()
    }
}
