//! The rules of rotation as a pure function: what to do with a genuine token, given the row of its session.
//!
//! Generations are compared, never seconds. Time decides only how long the immediate predecessor of the newest token may
//! still be answered, and not even that while it is in doubt whether the newest one has reached its client. Each decision is
//! carried out by one conditional statement, so a decision about a row that has changed since has no effect.

mod settings;

pub use settings::{Rules, RulesError};

use crate::{Session, State, Timestamp};

/// What to do with a genuine token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// It is the newest token: replace it by its successor.
    Rotate,
    /// It is the immediate predecessor of the newest token, within the reuse grace period: answer with the newest token.
    Replay,
    /// It is the immediate predecessor of a newest token that may not have reached its client: answer with the newest token,
    /// however late.
    InDoubt,
    /// It is newer than the row, which was restored from a backup: treat it as the newest token.
    FastForward,
    /// It is of an earlier generation: two clients have had it. The session is revoked.
    Reuse,
    /// The session has expired.
    Expired,
    /// The session was closed.
    Closed,
    /// The session was revoked for reuse before.
    RevokedForReuse,
}

/// Decides about a genuine token of the generation `presented`, given the row of the session and the time of the store at which
/// the row was read.
pub fn decide(session: &Session, presented: u64, now: Timestamp, rules: &Rules) -> Decision {
    match session.state {
        State::Closed => return Decision::Closed,
        State::RevokedForReuse => return Decision::RevokedForReuse,
        State::Open if session.expired(now) => return Decision::Expired,
        State::Open => {}
    }
    if presented == session.generation {
        Decision::Rotate
    } else if presented > session.generation {
        Decision::FastForward
    } else if presented == session.generation - 1 && session.in_doubt {
        Decision::InDoubt
    } else if presented == session.generation - 1 && now.since(session.rotated_at) < rules.reuse_grace_period() {
        Decision::Replay
    } else {
        Decision::Reuse
    }
}

#[cfg(test)]
mod tests;
