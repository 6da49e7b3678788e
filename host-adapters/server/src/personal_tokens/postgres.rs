//! Personal tokens in a PostgreSQL database, by its own clock.

use super::NewPersonalToken;
use super::row::{Columns, Stored, WithDigest, columns, stored};
use crate::accounts::UserId;
use crate::database::{milliseconds, postgres_now, signed};
use glowband_issue::PersonalToken;
use glowband_session::{PostgresDatabase, StoreError, Timestamp};
use sqlx::postgres::PgConnection;
use sqlx::{PgExecutor, query, query_as};
use std::time::Duration;

const INSERT: &str = concat!(
    "WITH clock AS MATERIALIZED (SELECT ",
    postgres_now!(),
    " AS now) INSERT INTO personal_tokens (id, digest, user_id, name, scope, created_at, expires_at) \
     SELECT $1, $2, id, $4, $5, now, now + $6 FROM users, clock WHERE id = $3 AND $7 > (SELECT count(*) \
     FROM personal_tokens WHERE user_id = $3 AND revoked_at IS NULL AND coalesce(expires_at > now, true)) RETURNING ",
    columns!()
);
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    ", digest, ",
    postgres_now!(),
    " FROM personal_tokens JOIN users ON users.id = user_id WHERE personal_tokens.id = $1 AND revoked_at IS NULL AND \
     coalesce(expires_at > ",
    postgres_now!(),
    ", true) AND disabled_at IS NULL"
);
const NOTE_USE: &str =
    "UPDATE personal_tokens SET last_used_at = $2 WHERE id = $1 AND coalesce(last_used_at < $2, true)";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM personal_tokens WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id"
);
const REVOKE: &str = concat!(
    "UPDATE personal_tokens SET revoked_at = ",
    postgres_now!(),
    " WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING ",
    columns!()
);
const REVOKE_ALL: &str =
    concat!("UPDATE personal_tokens SET revoked_at = ", postgres_now!(), " WHERE user_id = $1 AND revoked_at IS NULL");
/// Rows that another transaction holds are left for the next time, so that none waits for another in a circle.
const PRUNE: &str = concat!(
    "WITH clock AS MATERIALIZED (SELECT ",
    postgres_now!(),
    " - $1 AS kept) DELETE FROM personal_tokens WHERE id = ANY (ARRAY(SELECT id FROM personal_tokens, clock \
     WHERE revoked_at < kept OR expires_at < kept FOR UPDATE OF personal_tokens SKIP LOCKED))"
);

pub(super) async fn insert(
    connection: &mut PgConnection,
    token: &PersonalToken,
    user: &UserId,
    new: NewPersonalToken<'_>,
) -> sqlx::Result<Option<Columns>> {
    let insert = query_as::<_, Columns>(INSERT)
        .bind(token.id())
        .bind(token.secret_digest().as_bytes().as_slice().to_vec())
        .bind(user.as_str())
        .bind(new.name)
        .bind(new.scope)
        .bind(new.lifetime.map(milliseconds))
        .bind(i64::from(new.most));
    insert.fetch_optional(connection).await
}

pub(super) async fn find(database: &PostgresDatabase, id: &str) -> Result<Option<Stored>, StoreError> {
    let find = query_as::<_, WithDigest>(FIND).bind(id);
    database.within_limit(find.fetch_optional(database.pool())).await?.map(stored).transpose()
}

pub(super) async fn note_use(database: &PostgresDatabase, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let note = query(NOTE_USE).bind(id).bind(signed(now.0));
    database.within_limit(note.execute(database.pool())).await.map(drop)
}

pub(super) async fn list(connection: &mut PgConnection, user: &UserId) -> sqlx::Result<Vec<Columns>> {
    query_as(LIST).bind(user.as_str()).fetch_all(connection).await
}

pub(super) async fn revoke(connection: impl PgExecutor<'_>, user: &UserId, id: &str) -> sqlx::Result<Option<Columns>> {
    query_as(REVOKE).bind(user.as_str()).bind(id).fetch_optional(connection).await
}

pub(super) async fn revoke_all(connection: impl PgExecutor<'_>, user: &UserId) -> sqlx::Result<u64> {
    Ok(query(REVOKE_ALL).bind(user.as_str()).execute(connection).await?.rows_affected())
}

pub(super) async fn prune(database: &PostgresDatabase, keep: Duration) -> Result<u64, StoreError> {
    let prune = query(PRUNE).bind(milliseconds(keep));
    Ok(database.within_limit(prune.execute(database.pool())).await?.rows_affected())
}
