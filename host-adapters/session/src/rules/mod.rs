//! The rules of rotation as a pure function: what a row and a genuine token come to.
//!
//! Generations are compared, never seconds. Time decides only how long the immediate predecessor of the newest token may
//! still be answered, and not even that while it is in doubt whether the newest one has reached its client. Whatever is decided here is carried out by one conditional statement, so that a decision on a row
//! that has changed since has no effect.

mod settings;

pub use settings::{Rules, RulesError};

use crate::{Session, State, Timestamp};

/// What a genuine token of some generation comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It is the newest one: it is replaced by its successor.
    Rotate,
    /// It is the immediate predecessor of the newest one, and was until a moment ago: it is answered with the newest one.
    Replay,
    /// It is the immediate predecessor of a newest one that may not have reached its client: it is answered with that one,
    /// however late it comes.
    InDoubt,
    /// It is newer than the row, which then is that of an older backup: it counts as the newest one.
    FastForward,
    /// It is older: two have had it. The session is burnt.
    Reuse,
    /// The session's time is over.
    Expired,
    /// The session was closed.
    Closed,
    /// The session is burnt already.
    Burnt,
}

/// Judges a genuine token of generation `presented` by the session's row and the store's time at which it was read.
pub fn judge(session: &Session, presented: u64, now: Timestamp, rules: &Rules) -> Decision {
    match session.state {
        State::Closed => return Decision::Closed,
        State::Burnt => return Decision::Burnt,
        State::Open if session.expired(now) => return Decision::Expired,
        State::Open => {}
    }
    if presented == session.generation {
        Decision::Rotate
    } else if presented > session.generation {
        Decision::FastForward
    } else if presented == session.generation - 1 && session.in_doubt {
        Decision::InDoubt
    } else if presented == session.generation - 1 && now.since(session.rotated_at) < rules.replay_window() {
        Decision::Replay
    } else {
        Decision::Reuse
    }
}

#[cfg(test)]
mod tests;
