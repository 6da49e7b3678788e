//! A limit: a number of attempts per time.

use std::num::NonZeroU32;
use std::time::Duration;

/// Allows `count` attempts at once, and refills them evenly within `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    count: NonZeroU32,
    per: Duration,
}

impl Limit {
    /// Returns a limit. A period of zero becomes one nanosecond, which limits nothing.
    pub(crate) fn new(count: NonZeroU32, per: Duration) -> Self {
        Self { count, per: per.max(Duration::from_nanos(1)) }
    }

    pub(super) const fn of(count: u32, seconds: u64) -> Self {
        let count = match NonZeroU32::new(count) {
            Some(count) => count,
            None => NonZeroU32::MIN,
        };
        Self { count, per: Duration::from_secs(seconds) }
    }

    /// Multiplies the count.
    pub(super) fn times(self, factor: u32) -> Self {
        Self { count: self.count.saturating_mul(NonZeroU32::new(factor).unwrap_or(NonZeroU32::MIN)), ..self }
    }

    /// Multiplies the time.
    pub(super) fn over(self, factor: u32) -> Self {
        Self { per: self.per.saturating_mul(factor), ..self }
    }

    pub(super) fn count(self) -> NonZeroU32 {
        self.count
    }

    pub(super) fn per(self) -> Duration {
        self.per
    }
}
