//! The table `audit_events` in a SQLite file.

use super::SqliteStorage;
use crate::audit_log::{AuditEventRow, AuditFilter, AuditLog, Columns, Limits, NewAuditEvent, columns, row};
use crate::database_error::answer;
use crate::values::span;
use glowband_session::StoreFuture;
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

impl AuditLog for SqliteStorage {
    fn record<'a>(&'a self, event: &'a NewAuditEvent) -> StoreFuture<'a, ()> {
        answer(async move {
            let record = query(RECORD)
                .bind(self.now())
                .bind(event.event)
                .bind(event.actor)
                .bind(event.user_id.as_deref())
                .bind(event.session_id.as_deref())
                .bind(event.address.as_deref())
                .bind(event.agent.as_deref())
                .bind(event.detail.as_deref());
            record.execute(self.writer()).await?;
            Ok(())
        })
    }

    fn list<'a>(&'a self, filter: AuditFilter<'a>, limit: u32) -> StoreFuture<'a, Vec<AuditEventRow>> {
        answer(async move {
            let limits = Limits::from(&filter);
            let list = query_as::<_, Columns>(if filter.user_id.is_some() { LIST_OF_USER } else { LIST })
                .bind(limits.before)
                .bind(limits.since)
                .bind(limits.until)
                .bind(filter.event)
                .bind(i64::from(limit));
            let list = match filter.user_id {
                Some(user_id) => list.bind(user_id),
                None => list,
            };
            Ok(list.fetch_all(self.readers()).await?.into_iter().map(row).collect::<Result<_, _>>()?)
        })
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        answer(async move { self.prune_before(PRUNE, self.now() - span(keep)).await })
    }
}
