//! What is laid down about one key.

use super::RotationSchedule;
use glowband_core::UnixSeconds;
use std::time::Duration;

/// When a key was announced and from when on it signs. When it retires is not its own affair: that is the moment from
/// which the next key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPlan {
    /// From then on the JWKS document has had the key.
    pub announced_at: UnixSeconds,
    /// From then on the key signs, unless a later one does.
    pub active_from: UnixSeconds,
    /// The longest margins that were in force while the key was announced or active.
    pub margins: Margins,
}

/// What a rotation waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margins {
    /// How long a key is published before it signs.
    pub announce_for: Duration,
    /// How long a key is published after it signed last.
    pub retire_for: Duration,
}

impl KeyPlan {
    /// A key that signs from now on: the first of an issuer, or one that must not wait.
    pub fn at_once(now: UnixSeconds, schedule: &RotationSchedule) -> Self {
        Self { announced_at: now, active_from: now, margins: schedule.margins() }
    }
}

impl Margins {
    /// The longer of each.
    pub(crate) fn or_longer(self, other: Self) -> Self {
        Self {
            announce_for: self.announce_for.max(other.announce_for),
            retire_for: self.retire_for.max(other.retire_for),
        }
    }
}

/// A moment that lies this much later; at the end of time there is no later.
pub(crate) fn later(moment: UnixSeconds, by: Duration) -> UnixSeconds {
    UnixSeconds(moment.0.saturating_add(by.as_secs()))
}
