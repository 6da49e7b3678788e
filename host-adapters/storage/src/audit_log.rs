//! The table `audit_events`.

use crate::values::{moment, signed};
use glowband_session::{StoreError, StoreFuture, Timestamp};
use std::time::Duration;

/// An event to be written. Its time is that of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEvent {
    /// The name of the event.
    pub event: &'static str,
    /// Who acted: `user`, `operator` or `server`.
    pub actor: &'static str,
    /// The user that the event is about.
    pub user_id: Option<String>,
    /// The session that the event is about.
    pub session_id: Option<String>,
    /// The IP address of the client.
    pub address: Option<String>,
    /// The `User-Agent` of the client.
    pub agent: Option<String>,
    /// Details, such as the id of a token.
    pub detail: Option<String>,
}

/// An event, as the row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEventRow {
    /// The number of the event; later events have higher numbers, and no number is used twice.
    pub number: i64,
    /// When it was written.
    pub at: Timestamp,
    /// See [`NewAuditEvent::event`].
    pub event: String,
    /// See [`NewAuditEvent::actor`].
    pub actor: String,
    /// See [`NewAuditEvent::user_id`].
    pub user_id: Option<String>,
    /// See [`NewAuditEvent::session_id`].
    pub session_id: Option<String>,
    /// See [`NewAuditEvent::address`].
    pub address: Option<String>,
    /// See [`NewAuditEvent::agent`].
    pub agent: Option<String>,
    /// See [`NewAuditEvent::detail`].
    pub detail: Option<String>,
}

/// Which events to read. `None` in a field does not restrict them.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditFilter<'a> {
    /// Events about this user.
    pub user_id: Option<&'a str>,
    /// Events of this name.
    pub event: Option<&'a str>,
    /// Events from this time on.
    pub since: Option<Timestamp>,
    /// Events before this time.
    pub until: Option<Timestamp>,
    /// Events before this number.
    pub before: Option<i64>,
}

/// The audit log of a database.
pub trait AuditLog: Send + Sync {
    /// Writes an event.
    fn record<'a>(&'a self, event: &'a NewAuditEvent) -> StoreFuture<'a, ()>;

    /// Returns at most `limit` events, the newest first.
    fn list<'a>(&'a self, filter: AuditFilter<'a>, limit: u32) -> StoreFuture<'a, Vec<AuditEventRow>>;

    /// Deletes events that are older than `keep`, in batches. Returns how many.
    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64>;
}

/// The columns of an event, in the order of [`Columns`].
macro_rules! columns {
    () => {
        "number, at, event, actor, user_id, session_id, address, agent, detail"
    };
}
pub(crate) use columns;

type Text = Option<String>;
pub(crate) type Columns = (i64, i64, String, String, Text, Text, Text, Text, Text);

pub(crate) fn row(columns: Columns) -> Result<AuditEventRow, StoreError> {
    let (number, at, event, actor, user_id, session_id, address, agent, detail) = columns;
    let at = moment(at, "time of an audit event")?;
    Ok(AuditEventRow { number, at, event, actor, user_id, session_id, address, agent, detail })
}

/// The limits of a filter as numbers.
pub(crate) struct Limits {
    pub(crate) before: i64,
    pub(crate) since: i64,
    pub(crate) until: i64,
}

impl From<&AuditFilter<'_>> for Limits {
    fn from(filter: &AuditFilter<'_>) -> Self {
        Self {
            before: filter.before.unwrap_or(i64::MAX),
            since: filter.since.map_or(0, |since| signed(since.0)),
            until: filter.until.map_or(i64::MAX, |until| signed(until.0)),
        }
    }
}
