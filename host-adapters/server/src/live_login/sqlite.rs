//! Open logins in a SQLite file.

use super::{LiveLogin, NotLive};
use crate::accounts::{User, UserColumns, UserId, user_of_row};
use crate::database::SqliteFile;
use glowband_session::{SessionId, SqliteChange, StoreError};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Sqlite, SqliteExecutor, Transaction, query_as, query_scalar};

const FIND: &str = "SELECT users.id, email, users.created_at, password_changed_at, disabled_at, epoch \
    FROM sessions JOIN users ON users.id = user_id WHERE sessions.id = ?1 AND user_id = ?2 AND state = 'open' \
    AND idle_expires_at > ?3 AND absolute_expires_at > ?3 AND disabled_at IS NULL";
const IS_OF: &str = "SELECT count(*) FROM sessions WHERE id = ?1 AND user_id = ?2";

pub(super) async fn find(
    connection: impl SqliteExecutor<'_>,
    now: i64,
    id: SessionId,
    user: &UserId,
) -> Result<Option<User>, StoreError> {
    let find = query_as::<Sqlite, UserColumns>(FIND).bind(id.as_bytes().to_vec()).bind(user.as_str()).bind(now);
    find.fetch_optional(connection).await?.map(user_of_row).transpose()
}

pub(super) async fn is_of(connection: &mut SqliteConnection, id: SessionId, user: &UserId) -> Result<bool, StoreError> {
    let count = query_scalar::<Sqlite, i64>(IS_OF).bind(id.as_bytes().to_vec()).bind(user.as_str());
    Ok(count.fetch_one(connection).await? > 0)
}

pub(super) async fn begin(file: &SqliteFile, login: &LiveLogin) -> Result<SqliteChange, NotLive> {
    let mut change = file.file.change().await?;
    // The time is taken when the write lock is held.
    let found = find(&mut *change, file.now(), login.session_id, &login.user.id).await?;
    let refusal = match found {
        Some(user) if user.epoch == login.user.epoch => return Ok(change),
        Some(_) => NotLive::Changed,
        None => NotLive::Ended,
    };
    change.rollback().await?;
    Err(refusal)
}

pub(super) async fn look(file: &SqliteFile, login: &LiveLogin) -> Result<Transaction<'static, Sqlite>, NotLive> {
    let mut view = file.file.readers().begin().await?;
    match find(&mut *view, file.now(), login.session_id, &login.user.id).await? {
        Some(_) => Ok(view),
        None => Err(NotLive::Ended),
    }
}
