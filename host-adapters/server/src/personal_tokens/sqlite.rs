//! Personal tokens in a SQLite file.

use super::row::{Columns, Stored, WithDigest, columns, row, stored};
use super::{NewPersonalToken, PersonalTokenRow};
use crate::accounts::UserId;
use crate::database::{SqliteFile, milliseconds, signed};
use glowband_issue::PersonalToken;
use glowband_session::{StoreError, Timestamp};
use sqlx::sqlite::SqliteConnection;
use sqlx::{SqliteExecutor, query, query_as};
use std::time::Duration;

const INSERT: &str = concat!(
    "INSERT INTO personal_tokens (id, digest, user_id, name, scope, created_at, expires_at) \
     SELECT ?1, ?2, id, ?4, ?5, ?6, ?6 + ?7 FROM users WHERE id = ?3 AND ?8 > (SELECT count(*) FROM personal_tokens \
     WHERE user_id = ?3 AND revoked_at IS NULL AND coalesce(expires_at > ?6, true)) RETURNING ",
    "id, user_id, name, scope, created_at, expires_at, last_used_at"
);
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    ", digest, ?2 FROM personal_tokens JOIN users ON users.id = user_id \
     WHERE personal_tokens.id = ?1 AND revoked_at IS NULL AND coalesce(expires_at > ?2, true) AND disabled_at IS NULL"
);
const NOTE_USE: &str =
    "UPDATE personal_tokens SET last_used_at = ?2 WHERE id = ?1 AND coalesce(last_used_at < ?2, true)";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM personal_tokens WHERE user_id = ?1 AND revoked_at IS NULL ORDER BY created_at DESC, id"
);
const REVOKE: &str = "UPDATE personal_tokens SET revoked_at = ?3 WHERE user_id = ?1 AND id = ?2 AND revoked_at IS NULL \
    RETURNING id, user_id, name, scope, created_at, expires_at, last_used_at";
const REVOKE_ALL: &str = "UPDATE personal_tokens SET revoked_at = ?2 WHERE user_id = ?1 AND revoked_at IS NULL";
const PRUNE: &str = "DELETE FROM personal_tokens WHERE revoked_at < ?1 OR expires_at < ?1";

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    now: i64,
    token: &PersonalToken,
    user: &UserId,
    new: NewPersonalToken<'_>,
) -> Result<Option<PersonalTokenRow>, StoreError> {
    let insert = query_as::<_, Columns>(INSERT)
        .bind(token.id())
        .bind(token.secret_digest().as_bytes().as_slice().to_vec())
        .bind(user.as_str())
        .bind(new.name)
        .bind(new.scope)
        .bind(now)
        .bind(new.lifetime.map(milliseconds))
        .bind(i64::from(new.most));
    insert.fetch_all(connection).await?.pop().map(row).transpose()
}

pub(super) async fn find(file: &SqliteFile, id: &str) -> Result<Option<Stored>, StoreError> {
    let find = query_as::<_, WithDigest>(FIND).bind(id).bind(file.now());
    find.fetch_optional(file.file.readers()).await?.map(stored).transpose()
}

pub(super) async fn note_use(file: &SqliteFile, id: &str, now: Timestamp) -> Result<(), StoreError> {
    query(NOTE_USE).bind(id).bind(signed(now.0)).execute(file.file.writer()).await?;
    Ok(())
}

pub(super) async fn list(connection: &mut SqliteConnection, user: &UserId) -> Result<Vec<Columns>, StoreError> {
    Ok(query_as(LIST).bind(user.as_str()).fetch_all(connection).await?)
}

pub(super) async fn revoke(
    connection: impl SqliteExecutor<'_>,
    now: i64,
    user: &UserId,
    id: &str,
) -> Result<Option<Columns>, StoreError> {
    let revoke = query_as(REVOKE).bind(user.as_str()).bind(id).bind(now);
    Ok(revoke.fetch_all(connection).await?.pop())
}

pub(super) async fn revoke_all(
    connection: impl SqliteExecutor<'_>,
    now: i64,
    user: &UserId,
) -> Result<u64, StoreError> {
    Ok(query(REVOKE_ALL).bind(user.as_str()).bind(now).execute(connection).await?.rows_affected())
}

pub(super) async fn prune(file: &SqliteFile, keep: Duration) -> Result<u64, StoreError> {
    let prune = query(PRUNE).bind(file.now() - milliseconds(keep));
    Ok(prune.execute(file.file.writer()).await?.rows_affected())
}
