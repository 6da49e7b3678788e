//! The one clock of a store. A database has its own; the other stores are given one.

use crate::Timestamp;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// A source of the time for stores that have no clock of their own: memory and SQLite.
pub trait StoreClock: Send + Sync + fmt::Debug {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The wall time when it was made, and from then on the time that has passed: it does not jump while the process runs,
/// whatever is done to the wall clock, and it goes on while the machine sleeps (`CLOCK_BOOTTIME`, on Linux).
#[derive(Clone, Copy, Debug)]
pub struct SteadyClock {
    wall: Timestamp,
    start: Passed,
}

/// A moment of a clock that only goes on.
#[derive(Clone, Copy, Debug)]
enum Passed {
    #[cfg(any(target_os = "android", target_os = "linux"))]
    SinceBoot(Duration),
    /// Where there is no clock that counts a sleep too.
    #[cfg_attr(any(target_os = "android", target_os = "linux"), allow(dead_code))]
    Since(Instant),
}

impl SteadyClock {
    /// A clock that starts from the operating system's wall time.
    pub fn new() -> Self {
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { wall: Timestamp::default().after(wall), start: Passed::now() }
    }
}

impl Default for SteadyClock {
    fn default() -> Self {
        Self::new()
    }
}

impl StoreClock for SteadyClock {
    fn now(&self) -> Timestamp {
        self.wall.after(self.start.elapsed())
    }
}

impl Passed {
    #[cfg(any(target_os = "android", target_os = "linux"))]
    fn now() -> Self {
        Self::SinceBoot(since_boot())
    }

    #[cfg(not(any(target_os = "android", target_os = "linux")))]
    fn now() -> Self {
        Self::Since(Instant::now())
    }

    fn elapsed(self) -> Duration {
        match self {
            #[cfg(any(target_os = "android", target_os = "linux"))]
            Self::SinceBoot(start) => since_boot().saturating_sub(start),
            Self::Since(start) => start.elapsed(),
        }
    }
}

#[cfg(any(target_os = "android", target_os = "linux"))]
fn since_boot() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or(0), u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// A clock that advances only by calls, for tests.
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// A clock that stands at this moment.
    pub const fn at(start: Timestamp) -> Self {
        Self(AtomicU64::new(start.0))
    }

    /// Lets this much time pass.
    pub fn advance(&self, time: Duration) {
        let time = crate::timestamp::millis(time);
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |now| Some(now.saturating_add(time)));
    }

    /// Sets it, forward or back.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl StoreClock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steady_clock_starts_at_the_wall_time_and_goes_on() {
        let clock = SteadyClock::new();
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let first = clock.now();
        assert!(first.since(Timestamp(0)).abs_diff(wall) < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(20));
        assert!(clock.now().since(first) >= Duration::from_millis(19));
    }
}
