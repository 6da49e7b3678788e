//! One line of the log.

use super::{Actor, Event};
use crate::accounts::UserId;
use crate::database::damaged;
use glowband_session::{SessionId, StoreError, Timestamp};
use glowband_storage::{AuditEventRow, NewAuditEvent};
use std::net::IpAddr;

/// The source of a request, as far as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    /// The `User-Agent` that the client sent.
    pub(crate) agent: Option<String>,
}

/// An event to be written.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) row: NewAuditEvent,
}

/// The longest text in bytes. Longer ones are cut, so that failing logins cannot fill the disk.
const LONGEST: usize = 200;

impl Entry {
    /// An event caused by the user, or by a client that tried to log in as the user.
    pub(crate) fn by_user(event: Event, origin: &Origin) -> Self {
        let mut entry = Self::of(event, Actor::User);
        entry.row.address = Some(origin.address.to_string());
        entry.row.agent = origin.agent.as_deref().map(tamed);
        entry
    }

    /// An event caused by a command; `agent` names the command and the account that ran it.
    pub fn by_operator(event: Event, agent: &str) -> Self {
        let mut entry = Self::of(event, Actor::Operator);
        entry.row.agent = Some(tamed(agent));
        entry
    }

    /// An event caused by the server itself. Nothing causes one yet; readers of the log support it.
    #[cfg(test)]
    pub(crate) fn by_server(event: Event) -> Self {
        Self::of(event, Actor::Server)
    }

    fn of(event: Event, actor: Actor) -> Self {
        let (event, actor) = (event.name(), actor.name());
        Self {
            row: NewAuditEvent {
                event,
                actor,
                user_id: None,
                session_id: None,
                address: None,
                agent: None,
                detail: None,
            },
        }
    }

    /// Sets the user that the event is about. An address without an account has none: the text may have been a password.
    pub fn user(mut self, id: &UserId) -> Self {
        self.row.user_id = Some(id.to_string());
        self
    }

    /// Sets the user by the id that a session holds.
    pub fn user_named(mut self, id: &str) -> Self {
        self.row.user_id = Some(tamed(id));
        self
    }

    /// Sets the session that the event is about.
    pub fn session(mut self, id: SessionId) -> Self {
        self.row.session_id = Some(id.to_string());
        self
    }

    /// Adds details: which token, how many sessions. Never a secret.
    pub fn detail(mut self, detail: &str) -> Self {
        self.row.detail = Some(tamed(detail));
        self
    }
}

/// Cuts a text to the allowed length and replaces control characters, which could corrupt a terminal.
fn tamed(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len().min(LONGEST));
    for character in text.chars() {
        let character = if glowband_text::json::is_harmful(character) { '\u{fffd}' } else { character };
        if tamed.len() + character.len_utf8() > LONGEST {
            break;
        }
        tamed.push(character);
    }
    tamed
}

/// An event that was read from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// A number that rises with time and is never reused.
    pub number: i64,
    pub at: Timestamp,
    /// The event, or `None` if a later version wrote a kind that this version does not know.
    pub event: Option<Event>,
    pub event_name: String,
    pub actor: Actor,
    pub user_id: Option<String>,
    pub session_id: Option<String>,
    pub address: Option<String>,
    pub agent: Option<String>,
    pub detail: Option<String>,
}

impl TryFrom<AuditEventRow> for Recorded {
    type Error = StoreError;

    fn try_from(row: AuditEventRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.number,
            at: row.at,
            event: row.event.parse().ok(),
            event_name: row.event,
            actor: Actor::named(&row.actor).ok_or_else(|| damaged("actor"))?,
            user_id: row.user_id,
            session_id: row.session_id,
            address: row.address,
            agent: row.agent,
            detail: row.detail,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_strangers_are_tamed() {
        let origin = Origin { address: IpAddr::from([192, 0, 2, 1]), agent: Some("a\n\u{1b}[2J\0ü".to_owned()) };
        let entry = Entry::by_user(Event::LoginFailed, &origin);
        assert_eq!(entry.row.agent.as_deref(), Some("a\u{fffd}\u{fffd}[2J\u{fffd}ü"));
        assert_eq!(tamed(&"ü".repeat(1000)), "ü".repeat(100));
        assert_eq!(tamed(&"\u{200b}".repeat(1000)).len(), 198);
    }
}
