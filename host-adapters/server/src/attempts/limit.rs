//! So many in such a time.

use std::num::NonZeroU32;
use std::time::Duration;

/// `count` at once, and as many again in every `per`, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    count: NonZeroU32,
    per: Duration,
}

impl Limit {
    /// A time of nothing is taken as a nanosecond, which limits nothing.
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

    /// As many times as much in the same time.
    pub(super) fn times(self, factor: u32) -> Self {
        Self { count: self.count.saturating_mul(NonZeroU32::new(factor).unwrap_or(NonZeroU32::MIN)), ..self }
    }

    /// The same count in as many times the time.
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
