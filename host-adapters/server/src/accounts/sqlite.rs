//! Users in a SQLite file.

use super::user::{Columns, WithPassword, columns, credentials, user};
use super::{After, Credentials, Email, User, UserId};
use crate::database::{SqliteFile, signed};
use crate::passwords::StoredPassword;
use glowband_session::StoreError;
use sqlx::query::QueryAs;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Sqlite, SqliteExecutor, query, query_as, query_scalar};

const CREATE: &str = concat!(
    "INSERT INTO users (id, email, email_key, password, created_at, password_changed_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (email_key) DO NOTHING RETURNING ",
    columns!()
);
const FIND: &str = concat!("SELECT ", columns!(), ", password FROM users WHERE id = ?1");
const FIND_BY_EMAIL: &str = concat!("SELECT ", columns!(), ", password FROM users WHERE email_key = ?1");
const LIST: &str =
    concat!("SELECT ", columns!(), " FROM users WHERE (created_at, id) > (?1, ?2) ORDER BY created_at, id LIMIT ?3");
const SET_PASSWORD: &str = concat!(
    "UPDATE users SET password = ?2, password_changed_at = ?3, epoch = epoch + 1 WHERE id = ?1 RETURNING ",
    columns!()
);
const EPOCH: &str = "SELECT epoch FROM users WHERE id = ?1 AND disabled_at IS NULL";
const REHASH: &str = "UPDATE users SET password = ?3 WHERE id = ?1 AND password = ?2";
const DISABLE: &str = concat!(
    "UPDATE users SET disabled_at = coalesce(disabled_at, ?2), epoch = epoch + 1 WHERE id = ?1 RETURNING ",
    columns!()
);
const ENABLE: &str = concat!("UPDATE users SET disabled_at = NULL WHERE id = ?1 RETURNING ", columns!());
const DELETE: &str = "DELETE FROM users WHERE id = ?1";

type Rows<'q, Row> = QueryAs<'q, Sqlite, Row, SqliteArguments>;

pub(super) async fn create(
    file: &SqliteFile,
    id: &UserId,
    email: &Email,
    password: &StoredPassword,
) -> Result<Option<User>, StoreError> {
    let create = query_as(CREATE)
        .bind(id.as_str())
        .bind(email.as_str())
        .bind(email.key())
        .bind(password.as_str())
        .bind(file.now());
    change(file, create).await
}

pub(super) async fn find(file: &SqliteFile, id: &UserId) -> Result<Option<Credentials>, StoreError> {
    look(file, query_as(FIND).bind(id.as_str())).await
}

pub(super) async fn find_by_email(file: &SqliteFile, email: &Email) -> Result<Option<Credentials>, StoreError> {
    look(file, query_as(FIND_BY_EMAIL).bind(email.key())).await
}

pub(super) async fn list(file: &SqliteFile, after: Option<After>, limit: u32) -> Result<Vec<User>, StoreError> {
    let (at, id) = after.map_or((-1, String::new()), |after| (signed(after.created_at.0), after.id.to_string()));
    let list: Rows<'_, Columns> = query_as(LIST).bind(at).bind(id).bind(i64::from(limit));
    list.fetch_all(file.file.readers()).await?.into_iter().map(user).collect()
}

pub(super) async fn set_password(
    connection: impl SqliteExecutor<'_>,
    now: i64,
    id: &UserId,
    password: &StoredPassword,
) -> Result<Option<User>, StoreError> {
    let set = query_as(SET_PASSWORD).bind(id.as_str()).bind(password.as_str()).bind(now);
    set.fetch_all(connection).await?.pop().map(user).transpose()
}

/// The epoch of an enabled user.
pub(super) async fn epoch(file: &SqliteFile, id: &UserId) -> Result<Option<i64>, StoreError> {
    Ok(query_scalar(EPOCH).bind(id.as_str()).fetch_optional(file.file.readers()).await?)
}

pub(super) async fn rehash(
    file: &SqliteFile,
    id: &UserId,
    from: &StoredPassword,
    to: &StoredPassword,
) -> Result<bool, StoreError> {
    let rehash = query(REHASH).bind(id.as_str()).bind(from.as_str()).bind(to.as_str());
    Ok(rehash.execute(file.file.writer()).await?.rows_affected() > 0)
}

pub(super) async fn disable(file: &SqliteFile, id: &UserId) -> Result<Option<User>, StoreError> {
    change(file, query_as(DISABLE).bind(id.as_str()).bind(file.now())).await
}

pub(super) async fn enable(file: &SqliteFile, id: &UserId) -> Result<Option<User>, StoreError> {
    change(file, query_as(ENABLE).bind(id.as_str())).await
}

pub(super) async fn delete(file: &SqliteFile, id: &UserId) -> Result<bool, StoreError> {
    Ok(query(DELETE).bind(id.as_str()).execute(file.file.writer()).await?.rows_affected() > 0)
}

async fn look(file: &SqliteFile, rows: Rows<'_, WithPassword>) -> Result<Option<Credentials>, StoreError> {
    rows.fetch_optional(file.file.readers()).await?.map(credentials).transpose()
}

/// To the end of the rows, which is where SQLite commits and says whether it could.
async fn change(file: &SqliteFile, rows: Rows<'_, Columns>) -> Result<Option<User>, StoreError> {
    rows.fetch_all(file.file.writer()).await?.pop().map(user).transpose()
}
