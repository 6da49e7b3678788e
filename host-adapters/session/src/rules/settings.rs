//! How long sessions live, and how long a replay is answered.

use std::fmt;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const SHORTEST_IDLE: Duration = Duration::from_secs(1);
const LONGEST_ABSOLUTE: Duration = DAY.saturating_mul(3660);
const LONGEST_GRACE_PERIOD: Duration = Duration::from_secs(60);

/// How long sessions live, and how long a replay is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    idle: Duration,
    absolute: Duration,
    reuse_grace_period: Duration,
}

/// Why rules are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RulesError {
    /// The idle lifetime is not between a second and the absolute lifetime.
    Idle,
    /// The absolute lifetime is longer than ten years.
    Absolute,
    /// The reuse grace period is longer than a minute.
    ReuseGracePeriod,
}

impl Rules {
    /// A session ends after `idle` without a refresh, and after `absolute` in any case; the immediate predecessor of the
    /// newest token is answered for `reuse_grace_period`.
    ///
    /// With a grace period of zero, two tabs that refresh at the same time end their session.
    ///
    /// # Errors
    /// `idle` is from 1 s to `absolute`, `absolute` at most 3660 days, `reuse_grace_period` at most 60 s.
    pub fn new(idle: Duration, absolute: Duration, reuse_grace_period: Duration) -> Result<Self, RulesError> {
        if absolute > LONGEST_ABSOLUTE {
            return Err(RulesError::Absolute);
        }
        if idle < SHORTEST_IDLE || idle > absolute {
            return Err(RulesError::Idle);
        }
        if reuse_grace_period > LONGEST_GRACE_PERIOD {
            return Err(RulesError::ReuseGracePeriod);
        }
        Ok(Self { idle, absolute, reuse_grace_period })
    }

    /// How long a session lives without a refresh. Default 14 days.
    pub const fn idle(&self) -> Duration {
        self.idle
    }

    /// How long a session lives in any case. Default 30 days.
    pub const fn absolute(&self) -> Duration {
        self.absolute
    }

    /// How long the immediate predecessor of the newest token is answered. Default 10 s.
    pub const fn reuse_grace_period(&self) -> Duration {
        self.reuse_grace_period
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self { idle: DAY * 14, absolute: DAY * 30, reuse_grace_period: Duration::from_secs(10) }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idle => "The idle lifetime of a session is from 1 second to its absolute lifetime.",
            Self::Absolute => "The absolute lifetime of a session is at most 3660 days.",
            Self::ReuseGracePeriod => "The reuse grace period is from 0 to 60 seconds.",
        })
    }
}

impl std::error::Error for RulesError {}
