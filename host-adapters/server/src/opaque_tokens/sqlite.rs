//! Opaque tokens in a SQLite file.

use super::OpaqueTokenRow;
use super::row::{Columns, columns, row};
use crate::database::{SqliteFile, milliseconds};
use glowband_issue::OpaqueToken;
use glowband_session::{Session, StoreError};
use sqlx::{query, query_as};
use std::time::Duration;

const INSERT: &str = "INSERT INTO opaque_tokens (digest, session_id, user_id, client, scope, issued_at, expires_at) \
    SELECT ?1, ?2, id, ?4, ?5, ?6, ?6 + ?7 FROM users WHERE id = ?3 AND disabled_at IS NULL";
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM opaque_tokens AS token JOIN sessions ON sessions.id = session_id JOIN users ON users.id = token.user_id \
     WHERE digest = ?1 AND expires_at > ?2 AND state = 'open' AND idle_expires_at > ?2 AND absolute_expires_at > ?2 \
     AND disabled_at IS NULL"
);
const REVOKE: &str = "DELETE FROM opaque_tokens WHERE digest = ?1";
const PRUNE: &str = "DELETE FROM opaque_tokens WHERE digest IN \
    (SELECT digest FROM opaque_tokens WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

/// How many rows are removed at once; others write in between.
const PRUNE_BATCH: i64 = 500;

pub(super) async fn insert(
    file: &SqliteFile,
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
        .bind(file.now())
        .bind(milliseconds(lifetime));
    Ok(insert.execute(file.file.writer()).await?.rows_affected() > 0)
}

pub(super) async fn find(file: &SqliteFile, token: &OpaqueToken) -> Result<Option<OpaqueTokenRow>, StoreError> {
    let find = query_as::<_, Columns>(FIND).bind(digest(token)).bind(file.now());
    find.fetch_optional(file.file.readers()).await?.map(row).transpose()
}

pub(super) async fn revoke(file: &SqliteFile, token: &OpaqueToken) -> Result<bool, StoreError> {
    Ok(query(REVOKE).bind(digest(token)).execute(file.file.writer()).await?.rows_affected() > 0)
}

pub(super) async fn prune(file: &SqliteFile) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let prune = query(PRUNE).bind(file.now()).bind(PRUNE_BATCH);
        let now = prune.execute(file.file.writer()).await?.rows_affected();
        removed += now;
        if now < PRUNE_BATCH.unsigned_abs() {
            return Ok(removed);
        }
    }
}

fn digest(token: &OpaqueToken) -> Vec<u8> {
    token.digest().as_bytes().to_vec()
}
