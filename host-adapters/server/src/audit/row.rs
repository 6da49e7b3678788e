//! A row of `audit_events`.

use super::{Actor, Filter, Recorded};
use crate::database::{damaged, moment, signed};
use glowband_session::StoreError;

/// The columns of [`recorded`], in its order.
macro_rules! columns {
    () => {
        "number, at, event, actor, user_id, session_id, address, agent, detail"
    };
}
pub(super) use columns;

type Text = Option<String>;
pub(super) type Columns = (i64, i64, String, String, Text, Text, Text, Text, Text);

pub(super) fn recorded(row: Columns) -> Result<Recorded, StoreError> {
    let (number, at, event_name, actor, user_id, session_id, address, agent, detail) = row;
    Ok(Recorded {
        number,
        at: moment(at)?,
        event: event_name.parse().ok(),
        event_name,
        actor: Actor::named(&actor).ok_or_else(|| damaged("actor"))?,
        user_id,
        session_id,
        address,
        agent,
        detail,
    })
}

/// A filter as numbers, with ends where it has none.
pub(super) struct Ends {
    pub(super) before: i64,
    pub(super) since: i64,
    pub(super) until: i64,
}

impl From<&Filter> for Ends {
    fn from(filter: &Filter) -> Self {
        Self {
            before: filter.before.unwrap_or(i64::MAX),
            since: filter.since.map_or(0, |since| signed(since.0)),
            until: filter.until.map_or(i64::MAX, |until| signed(until.0)),
        }
    }
}
