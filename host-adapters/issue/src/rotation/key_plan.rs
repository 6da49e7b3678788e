//! The plan of one key.

use super::RotationSchedule;
use glowband_core::UnixSeconds;
use std::time::Duration;

/// When a key is announced and when it starts to sign. It retires when the next key starts to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPlan {
    /// The time from which the JWKS document contains the key.
    pub announced_at: UnixSeconds,
    /// The time from which the key signs, until a later key does.
    pub active_from: UnixSeconds,
    /// The longest margins that the settings had while the key was announced or active.
    pub margins: Margins,
}

/// The waiting times of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Margins {
    /// How long a key is published before it signs.
    pub announce_for: Duration,
    /// How long a key is published after it last signed.
    pub retire_for: Duration,
}

impl KeyPlan {
    /// Returns the plan of a key that signs from `now` on: the first key of an issuer, or an urgent replacement.
    pub fn at_once(now: UnixSeconds, schedule: &RotationSchedule) -> Self {
        Self { announced_at: now, active_from: now, margins: schedule.margins() }
    }
}

impl Margins {
    /// Returns the longer of each duration.
    pub(crate) fn or_longer(self, other: Self) -> Self {
        Self {
            announce_for: self.announce_for.max(other.announce_for),
            retire_for: self.retire_for.max(other.retire_for),
        }
    }
}

/// Returns the time `by` later. Saturates at the largest value.
pub(crate) fn later(moment: UnixSeconds, by: Duration) -> UnixSeconds {
    UnixSeconds(moment.0.saturating_add(by.as_secs()))
}
