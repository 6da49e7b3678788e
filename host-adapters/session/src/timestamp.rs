//! Moments of a store's clock.

use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z by the clock of a store.
///
/// Only moments of the same store may be compared; arithmetic stops at the ends of the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Whole seconds since 1970, rounded down: the form of a token's `exp` or `auth_time`.
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// The moment this much later.
    pub fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(millis(time)))
    }

    /// The moment this much earlier.
    pub fn before(self, time: Duration) -> Self {
        Self(self.0.saturating_sub(millis(time)))
    }

    /// How long before this moment `earlier` was; zero if it was not.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// As whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Timestamp(5).before(Duration::from_secs(1)), Timestamp(0));
        assert_eq!(Timestamp(5).after(Duration::MAX), Timestamp(u64::MAX));
        assert_eq!(Timestamp(5).since(Timestamp(7)), Duration::ZERO);
        assert_eq!(Timestamp(1999).seconds(), 1);
    }
}
