//! A transaction of PostgreSQL that leaves no connection behind in the middle of one.

use super::database::PostgresDatabase;
use crate::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnection;
use sqlx::{Executor, Postgres};
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A transaction of several statements. Nothing of it is done unless it is [committed](Self::commit).
///
/// Each statement runs within [`PostgresDatabase::within_limit`]. A connection whose transaction was neither committed nor
/// rolled back is closed, because a statement may still be under way on it.
pub struct PostgresChange {
    database: PostgresDatabase,
    connection: Option<PoolConnection<Postgres>>,
}

impl PostgresDatabase {
    /// Begins a transaction that changes something. Locks that it takes are held until it ends.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn change(&self) -> Result<PostgresChange, StoreError> {
        PostgresChange::begin(self, "BEGIN").await
    }

    /// Begins a transaction that only reads. All its statements see the database as it was at the first of them.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn look(&self) -> Result<PostgresChange, StoreError> {
        PostgresChange::begin(self, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await
    }
}

impl PostgresChange {
    async fn begin(database: &PostgresDatabase, statement: &'static str) -> Result<Self, StoreError> {
        let connection = database.within_limit(database.pool().acquire()).await?;
        let mut change = Self { database: database.clone(), connection: Some(connection) };
        change.run(statement).await?;
        Ok(change)
    }

    /// Makes the changes last.
    ///
    /// # Errors
    /// Those of the database. The changes were made or not, all of them or none.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.run("COMMIT").await?;
        drop(self.connection.take());
        Ok(())
    }

    /// Undoes the changes. Dropping the value does the same, but closes the connection.
    ///
    /// # Errors
    /// Those of the database. The changes are undone all the same.
    pub async fn rollback(mut self) -> Result<(), StoreError> {
        self.run("ROLLBACK").await?;
        drop(self.connection.take());
        Ok(())
    }

    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        let database = self.database.clone();
        database.within_limit(self.execute(statement)).await.map(drop)
    }
}

impl Deref for PostgresChange {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection.as_ref().expect("the connection is there until the end")
    }
}

impl DerefMut for PostgresChange {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("the connection is there until the end")
    }
}

impl Drop for PostgresChange {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.close_on_drop();
        }
    }
}

impl fmt::Debug for PostgresChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresChange").finish_non_exhaustive()
    }
}
