//! The monotonic clock of the budgets.

use governor::clock::Clock;
use governor::nanos::Nanos;
use std::time::Instant;

/// Returns the nanoseconds since a moment before the first attempt. It is never 0, which marks a free entry.
#[derive(Clone, Debug)]
pub(super) enum Time {
    Real(Instant),
    #[cfg(test)]
    ByHand(governor::clock::FakeRelativeClock),
}

impl Time {
    pub(super) fn real() -> Self {
        Self::Real(Instant::now())
    }

    pub(super) fn nanos(&self) -> u64 {
        let nanos = match self {
            Self::Real(start) => u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX),
            #[cfg(test)]
            Self::ByHand(clock) => clock.now().as_u64(),
        };
        nanos.saturating_add(1)
    }
}

impl Clock for Time {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(self.nanos())
    }
}
