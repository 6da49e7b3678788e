//! The audit log in a SQLite file.

use super::row::{Columns, Ends, columns, recorded};
use super::{Entry, Filter, Recorded};
use crate::database::{SqliteFile, milliseconds};
use glowband_session::StoreError;
use sqlx::{query, query_as};
use std::time::Duration;

const RECORD: &str = "INSERT INTO audit_events (at, event, actor, user_id, session_id, address, agent, detail) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM audit_events WHERE number < ?1 AND at >= ?2 AND at < ?3 AND event = coalesce(?4, event) \
     ORDER BY number DESC LIMIT ?5"
);
const LIST_OF_USER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM audit_events WHERE number < ?1 AND at >= ?2 AND at < ?3 AND event = coalesce(?4, event) AND user_id = ?6 \
     ORDER BY number DESC LIMIT ?5"
);
const PRUNE: &str =
    "DELETE FROM audit_events WHERE number IN (SELECT number FROM audit_events WHERE at < ?1 ORDER BY at LIMIT ?2)";

/// How many lines are removed at once; others write in between.
const PRUNE_BATCH: i64 = 500;

pub(super) async fn record(file: &SqliteFile, entry: &Entry) -> Result<(), StoreError> {
    let record = query(RECORD)
        .bind(file.now())
        .bind(entry.event.name())
        .bind(entry.actor.name())
        .bind(entry.user_id.as_deref())
        .bind(entry.session_id.as_deref())
        .bind(entry.address.as_deref())
        .bind(entry.agent.as_deref())
        .bind(entry.detail.as_deref());
    record.execute(file.file.writer()).await?;
    Ok(())
}

pub(super) async fn list(file: &SqliteFile, filter: &Filter, limit: u32) -> Result<Vec<Recorded>, StoreError> {
    let ends = Ends::from(filter);
    let list = query_as::<_, Columns>(if filter.user.is_some() { LIST_OF_USER } else { LIST })
        .bind(ends.before)
        .bind(ends.since)
        .bind(ends.until)
        .bind(filter.event.map(|event| event.name()))
        .bind(i64::from(limit));
    let list = match &filter.user {
        Some(user) => list.bind(user.as_str()),
        None => list,
    };
    list.fetch_all(file.file.readers()).await?.into_iter().map(recorded).collect()
}

pub(super) async fn prune(file: &SqliteFile, keep: Duration) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let prune = query(PRUNE).bind(file.now() - milliseconds(keep)).bind(PRUNE_BATCH);
        let now = prune.execute(file.file.writer()).await?.rows_affected();
        removed += now;
        if now < PRUNE_BATCH.unsigned_abs() {
            return Ok(removed);
        }
    }
}
