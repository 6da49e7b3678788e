//! The table `audit_events` in a PostgreSQL database.

use super::PostgresStorage;
use super::storage::now;
use crate::audit_log::{AuditEventRow, AuditFilter, AuditLog, Columns, Limits, NewAuditEvent, columns, row};
use crate::database_error::answer;
use crate::values::span;
use glowband_session::StoreFuture;
use sqlx::{query, query_as};
use std::time::Duration;

const RECORD: &str = concat!(
    "INSERT INTO audit_events (at, event, actor, user_id, session_id, address, agent, detail) VALUES (",
    now!(),
    ", $1, $2, $3, $4, $5, $6, $7)"
);
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM audit_events WHERE number < $1 AND at >= $2 AND at < $3 AND event = coalesce($4, event) \
     ORDER BY number DESC LIMIT $5"
);
const LIST_OF_USER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM audit_events WHERE number < $1 AND at >= $2 AND at < $3 AND event = coalesce($4, event) AND user_id = $6 \
     ORDER BY number DESC LIMIT $5"
);
const PRUNE: &str = concat!(
    "DELETE FROM audit_events WHERE number = ANY (ARRAY(SELECT number FROM audit_events WHERE at < ",
    now!(),
    " - $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED))"
);

impl AuditLog for PostgresStorage {
    fn record<'a>(&'a self, event: &'a NewAuditEvent) -> StoreFuture<'a, ()> {
        answer(async move {
            let record = query(RECORD)
                .bind(event.event)
                .bind(event.actor)
                .bind(event.user_id.as_deref())
                .bind(event.session_id.as_deref())
                .bind(event.address.as_deref())
                .bind(event.agent.as_deref())
                .bind(event.detail.as_deref());
            self.database.within_limit(record.execute(self.database.pool())).await?;
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
            let rows = self.database.within_limit(list.fetch_all(self.database.pool())).await?;
            Ok(rows.into_iter().map(row).collect::<Result<_, _>>()?)
        })
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        answer(self.prune_older(PRUNE, span(keep)))
    }
}
