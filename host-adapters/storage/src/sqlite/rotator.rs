//! The connection for rotations alone: each is one statement, and one message to the thread of SQLite.

use super::database::PATIENCE;
use crate::store_error;
use glowband_session::{StoreError, StoreErrorKind};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Connection, Sqlite};
use tokio::sync::Mutex;

pub(super) type Query = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

/// A pool of one connection would check it between two statements, and the next statement would wait for that.
pub(super) struct Rotator {
    options: SqliteConnectOptions,
    connection: Mutex<State>,
}

enum State {
    Open(SqliteConnection),
    /// Before the first statement, and after one that failed or was cancelled.
    None,
    Closed,
}

impl Rotator {
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self { options, connection: Mutex::new(State::None) }
    }

    /// Runs a statement, which is created when its turn has come. When the rows are returned, it is committed.
    pub(super) async fn rows(&self, query: impl FnOnce() -> Query) -> Result<Vec<SqliteRow>, StoreError> {
        let unavailable = |text| StoreError::new(StoreErrorKind::Unavailable, text);
        let turn = tokio::time::timeout(PATIENCE, self.connection.lock()).await;
        let mut state = turn.map_err(|_| unavailable("too many calls are waiting to write"))?;
        let mut connection = match std::mem::replace(&mut *state, State::None) {
            State::Open(connection) => connection,
            State::None => self.options.connect().await.map_err(store_error)?,
            State::Closed => {
                *state = State::Closed;
                return Err(unavailable("this program is closing the database"));
            }
        };
        // All of them: a statement whose rows are not all taken commits later than its first row comes.
        let rows = query().fetch_all(&mut connection).await.map_err(store_error)?;
        *state = State::Open(connection);
        Ok(rows)
    }

    pub(super) async fn close(&self) {
        let mut state = self.connection.lock().await;
        if let State::Open(connection) = std::mem::replace(&mut *state, State::Closed) {
            // What was committed is in the file or its log whether this succeeds or not.
            let _ = connection.close().await;
        }
    }
}
