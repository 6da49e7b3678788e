//! The audit log: who did what, when, and from where. It is a table of the same database. A setting says how long events are
//! kept.
//!
//! It contains no passwords, no tokens and no ordinary refreshes, only unusual ones. It also omits the address of a login to
//! an account that does not exist, because users sometimes type their password into that field.

mod entry;
mod event;

pub(crate) use entry::Origin;
pub use entry::{Entry, Recorded};
pub use event::{Actor, Event};

use crate::accounts::UserId;
use glowband_session::{StoreError, Timestamp};
use glowband_storage::{AuditFilter, Storage};
use std::time::Duration;

/// The audit log of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub struct Audit {
    storage: Storage,
}

/// Which events to read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub user: Option<UserId>,
    pub event: Option<Event>,
    /// Only events at or after this time.
    pub since: Option<Timestamp>,
    /// Only events before this time.
    pub until: Option<Timestamp>,
    /// Only events with a smaller number. The next page begins there.
    pub before: Option<i64>,
}

impl Audit {
    pub(crate) fn new(storage: Storage) -> Self {
        Self { storage }
    }

    /// Writes an event. When this returns, the event is stored.
    pub async fn record(&self, entry: Entry) -> Result<(), StoreError> {
        self.storage.audit_log().record(&entry.row).await
    }

    /// Writes an event about something that has happened already and is not undone if the event cannot be written. Then
    /// the event goes to the log of the server.
    pub(crate) async fn note(&self, entry: Entry) {
        if let Err(error) = self.storage.audit_log().record(&entry.row).await {
            let (event, actor, user, session) =
                (entry.row.event, entry.row.actor, entry.row.user_id, entry.row.session_id);
            tracing::error!(event, actor, user, session, %error, "failed to write an audit event");
        }
    }

    /// Returns at most `limit` events, the newest first.
    pub async fn list(&self, filter: &Filter, limit: u32) -> Result<Vec<Recorded>, StoreError> {
        let filter = AuditFilter {
            user_id: filter.user.as_deref(),
            event: filter.event.map(Event::name),
            since: filter.since,
            until: filter.until,
            before: filter.before,
        };
        self.storage.audit_log().list(filter, limit).await?.into_iter().map(Recorded::try_from).collect()
    }

    /// Deletes events that are older than `keep`. Returns how many.
    pub(crate) async fn prune(&self, keep: Duration) -> Result<u64, StoreError> {
        self.storage.audit_log().prune(keep).await
    }
}

#[cfg(test)]
mod tests;
