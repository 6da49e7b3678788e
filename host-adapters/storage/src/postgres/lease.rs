//! A connection in use, and a transaction on one. However its user ends, the pool gets its slot back within a second.

use super::pool::{PING, Shared};
use crate::database_error::breaks_connection;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;

/// A connection whose statement was cancelled after this time is closed at once; before, its answer is waited for.
const QUICK: Duration = Duration::from_secs(1);

/// A connection of the pool. Dropped, it is given back if it still works.
pub struct PooledConnection {
    /// `None` only while it is dropped.
    lent: Option<Lent>,
    since: Instant,
    /// Whether its state is unknown, so that it cannot be used again.
    doubtful: bool,
    /// Whether a transaction has begun and has not ended.
    in_transaction: bool,
    pool: Arc<Shared>,
}

struct Lent {
    connection: PgConnection,
    born: Instant,
    slot: OwnedSemaphorePermit,
}

impl PooledConnection {
    pub(super) fn new(connection: PgConnection, born: Instant, slot: OwnedSemaphorePermit, pool: Arc<Shared>) -> Self {
        let lent = Some(Lent { connection, born, slot });
        Self { lent, since: Instant::now(), doubtful: false, in_transaction: false, pool }
    }

    /// Gives it back after a statement that was brought to its end, or closes it if it is broken.
    pub(super) fn finish<T>(mut self, answer: &sqlx::Result<T>) {
        match answer {
            Ok(_) | Err(sqlx::Error::RowNotFound) => self.give_back(),
            Err(error) if breaks_connection(error) => self.close(),
            Err(sqlx::Error::Database(_)) => self.give_back(),
            // Something may be left of the answer; that is read when this is dropped.
            Err(_) => {}
        }
    }

    fn give_back(&mut self) {
        if let Some(Lent { connection, born, slot }) = self.lent.take() {
            self.pool.give_back(connection, born, slot);
        }
    }

    /// Closes the socket, without a farewell for which it might have to wait.
    fn close(&mut self) {
        self.pool.suspect_others();
        self.lent = None;
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let Some(mut lent) = self.lent.take() else { return };
        // A statement may have been cancelled. One that has run into its limit has shown that nothing comes.
        let runtime = tokio::runtime::Handle::try_current();
        let (Ok(runtime), false) = (runtime, self.doubtful || self.since.elapsed() >= QUICK) else {
            drop(lent);
            return self.pool.suspect_others();
        };
        let (pool, in_transaction) = (Arc::clone(&self.pool), self.in_transaction);
        runtime.spawn(async move {
            let connection = &mut lent.connection;
            // Both read what is left of the last answer first.
            let rest = async {
                if in_transaction { connection.execute("ROLLBACK").await.map(drop) } else { connection.ping().await }
            };
            match tokio::time::timeout(PING, rest).await {
                Ok(Ok(())) => pool.give_back(lent.connection, lent.born, lent.slot),
                _ => pool.suspect_others(),
            }
        });
    }
}

impl Deref for PooledConnection {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.lent.as_ref().expect("it is there until the end").connection
    }
}

impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.lent.as_mut().expect("it is there until the end").connection
    }
}

/// A transaction. Dropped without [`commit`](Self::commit), it is rolled back.
pub struct PostgresTransaction(PooledConnection);

impl PostgresTransaction {
    pub(super) async fn begin(mut connection: PooledConnection, statement: &'static str) -> sqlx::Result<Self> {
        // Whether it has begun is unknown if it is cancelled here.
        connection.doubtful = true;
        connection.execute(statement).await?;
        (connection.doubtful, connection.in_transaction) = (false, true);
        Ok(Self(connection))
    }

    /// Commits it.
    ///
    /// # Errors
    /// Those of `COMMIT`. One that is not PostgreSQL's own leaves open whether the changes were made.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        self.0.doubtful = true;
        let committed = self.0.execute("COMMIT").await.map(drop);
        self.end(committed)
    }

    /// Rolls it back.
    ///
    /// # Errors
    /// Those of `ROLLBACK`; the changes are not made in any case.
    pub async fn rollback(mut self) -> sqlx::Result<()> {
        self.0.doubtful = true;
        let rolled_back = self.0.execute("ROLLBACK").await.map(drop);
        self.end(rolled_back)
    }

    fn end(self, ended: sqlx::Result<()>) -> sqlx::Result<()> {
        if ended.is_ok() {
            self.0.finish(&ended);
        }
        ended
    }
}

impl Deref for PostgresTransaction {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for PostgresTransaction {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

impl fmt::Debug for PooledConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PooledConnection").finish_non_exhaustive()
    }
}

impl fmt::Debug for PostgresTransaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresTransaction").finish_non_exhaustive()
    }
}
