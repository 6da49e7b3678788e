//! Opaque tokens in a PostgreSQL database, by its own clock.

use super::OpaqueTokenRow;
use super::row::{Columns, columns, row};
use crate::database::{milliseconds, postgres_now};
use glowband_issue::OpaqueToken;
use glowband_session::{PostgresDatabase, Session, StoreError};
use sqlx::{query, query_as};
use std::time::Duration;

/// The lock is the one that the foreign key takes anyway. Taken first, it waits for a deletion of the user that is under way,
/// and then finds no user, where the foreign key would fail.
const INSERT: &str = concat!(
    "WITH owner AS MATERIALIZED (SELECT id FROM users WHERE id = $3 AND disabled_at IS NULL FOR KEY SHARE), \
     clock AS MATERIALIZED (SELECT ",
    postgres_now!(),
    " AS now) INSERT INTO opaque_tokens (digest, session_id, user_id, client, scope, issued_at, expires_at) \
     SELECT $1, $2, owner.id, $4, $5, now, now + $6 FROM owner, clock"
);
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM opaque_tokens AS token JOIN sessions ON sessions.id = session_id JOIN users ON users.id = token.user_id, \
     LATERAL (SELECT ",
    postgres_now!(),
    " AS now) AS clock WHERE digest = $1 AND expires_at > now AND state = 'open' AND idle_expires_at > now \
     AND absolute_expires_at > now AND disabled_at IS NULL"
);
const REVOKE: &str = "DELETE FROM opaque_tokens WHERE digest = $1";
const PRUNE: &str = concat!(
    "DELETE FROM opaque_tokens WHERE digest = ANY (ARRAY(SELECT digest FROM opaque_tokens WHERE expires_at <= ",
    postgres_now!(),
    " ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))"
);

/// How many rows are removed at once.
const PRUNE_BATCH: i64 = 1000;

pub(super) async fn insert(
    database: &PostgresDatabase,
    token: &OpaqueToken,
    session: &Session,
    lifetime: Duration,
) -> Result<bool, StoreError> {
    let insert = query(INSERT)
        .bind(digest(token))
        .bind(session.id.as_bytes().to_vec())
        .bind(session.user_id.as_str())
        .bind(session.client.as_str())
        .bind(session.scope.as_deref())
        .bind(milliseconds(lifetime));
    Ok(database.within_limit(insert.execute(database.pool())).await?.rows_affected() > 0)
}

pub(super) async fn find(
    database: &PostgresDatabase,
    token: &OpaqueToken,
) -> Result<Option<OpaqueTokenRow>, StoreError> {
    let find = query_as::<_, Columns>(FIND).bind(digest(token));
    database.within_limit(find.fetch_optional(database.pool())).await?.map(row).transpose()
}

pub(super) async fn revoke(database: &PostgresDatabase, token: &OpaqueToken) -> Result<bool, StoreError> {
    let revoke = query(REVOKE).bind(digest(token));
    Ok(database.within_limit(revoke.execute(database.pool())).await?.rows_affected() > 0)
}

pub(super) async fn prune(database: &PostgresDatabase) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let prune = query(PRUNE).bind(PRUNE_BATCH);
        let now = database.within_limit(prune.execute(database.pool())).await?.rows_affected();
        removed += now;
        if now < PRUNE_BATCH.unsigned_abs() {
            return Ok(removed);
        }
    }
}

fn digest(token: &OpaqueToken) -> Vec<u8> {
    token.digest().as_bytes().to_vec()
}
