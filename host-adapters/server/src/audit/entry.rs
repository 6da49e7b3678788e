//! One line of the log.

use super::{Actor, Event};
use crate::accounts::UserId;
use glowband_session::{SessionId, Timestamp};
use std::net::IpAddr;

/// Where a request comes from, as far as that can be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    /// What the client says of itself: its `User-Agent`.
    pub(crate) agent: Option<String>,
}

/// What has happened, to be written.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) event: Event,
    pub(super) actor: Actor,
    pub(super) user_id: Option<String>,
    pub(super) session_id: Option<String>,
    pub(super) address: Option<String>,
    pub(super) agent: Option<String>,
    pub(super) detail: Option<String>,
}

/// Longer texts are cut: whoever fails to log in must not be able to fill the disk.
const LONGEST: usize = 200;

impl Entry {
    /// Something that the user did, or somebody who tried to be the user.
    pub(crate) fn by_user(event: Event, origin: &Origin) -> Self {
        let entry = Self::of(event, Actor::User);
        Self { address: Some(origin.address.to_string()), agent: origin.agent.as_deref().map(tamed), ..entry }
    }

    /// Something that was done on the command line; `agent` says by which command and account.
    pub fn by_operator(event: Event, agent: &str) -> Self {
        Self { agent: Some(tamed(agent)), ..Self::of(event, Actor::Operator) }
    }

    /// Something that the server did by itself. Nothing does yet; the log's readers know it.
    #[cfg(test)]
    pub(crate) fn by_server(event: Event) -> Self {
        Self::of(event, Actor::Server)
    }

    fn of(event: Event, actor: Actor) -> Self {
        Self { event, actor, user_id: None, session_id: None, address: None, agent: None, detail: None }
    }

    /// To whom. For an address that has no account there is nobody: what was typed there may have been a password.
    pub fn user(self, id: &UserId) -> Self {
        Self { user_id: Some(id.to_string()), ..self }
    }

    /// The same, for an id as sessions have it.
    pub fn user_named(self, id: &str) -> Self {
        Self { user_id: Some(tamed(id)), ..self }
    }

    pub fn session(self, id: SessionId) -> Self {
        Self { session_id: Some(id.to_string()), ..self }
    }

    /// A word more: which token, how many sessions. Never a secret.
    pub fn detail(self, detail: &str) -> Self {
        Self { detail: Some(tamed(detail)), ..self }
    }
}

/// On one line, and not longer than allowed; control characters have no place in a database nor on a terminal.
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

/// A line as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Rises with time; never given twice.
    pub number: i64,
    pub at: Timestamp,
    /// `None` if a later version wrote it.
    pub event: Option<Event>,
    pub event_name: String,
    pub actor: Actor,
    pub user_id: Option<String>,
    pub session_id: Option<String>,
    pub address: Option<String>,
    pub agent: Option<String>,
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_strangers_are_tamed() {
        let origin = Origin { address: IpAddr::from([192, 0, 2, 1]), agent: Some("a\n\u{1b}[2J\0ü".to_owned()) };
        let entry = Entry::by_user(Event::LoginFailed, &origin);
        assert_eq!(entry.agent.as_deref(), Some("a\u{fffd}\u{fffd}[2J\u{fffd}ü"));
        assert_eq!(tamed(&"ü".repeat(1000)), "ü".repeat(100));
        assert_eq!(tamed(&"\u{200b}".repeat(1000)).len(), 198);
    }
}
