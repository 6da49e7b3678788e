//! Time without a real-time clock: unknown until it was set, then as the timer runs, and never backwards.

use glowband_core::{Clock, UnixSeconds};

/// Milliseconds since the start, from a timer that does not stop and does not wrap.
pub trait Uptime {
    /// How long the board has been running.
    fn milliseconds(&self) -> u64;
}

impl<U: Uptime + ?Sized> Uptime for &U {
    fn milliseconds(&self) -> u64 {
        (**self).milliseconds()
    }
}

/// The door's clock.
#[derive(Clone, Copy, Debug)]
pub struct DoorClock<U> {
    uptime: U,
    set: Option<Setting>,
}

#[derive(Clone, Copy, Debug)]
struct Setting {
    /// What the time was at this uptime.
    time: u64,
    uptime: u64,
    /// The time that the clock showed when it was set. It never shows an earlier one.
    floor: u64,
}

impl<U: Uptime> DoorClock<U> {
    /// A clock that knows nothing yet.
    pub const fn new(uptime: U) -> Self {
        Self { uptime, set: None }
    }

    /// Sets it. If it was ahead, it stands still until the time has come.
    pub fn set(&mut self, time: UnixSeconds) {
        let floor = self.now().map_or(0, |UnixSeconds(now)| now);
        self.set = Some(Setting { time: time.0, uptime: self.uptime.milliseconds(), floor });
    }

    /// How long the board has been running.
    pub fn milliseconds(&self) -> u64 {
        self.uptime.milliseconds()
    }
}

impl<U: Uptime> Clock for DoorClock<U> {
    fn now(&self) -> Option<UnixSeconds> {
        let set = self.set?;
        let passed = self.uptime.milliseconds().saturating_sub(set.uptime) / 1000;
        Some(UnixSeconds(set.time.saturating_add(passed).max(set.floor)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    struct Timer(Cell<u64>);

    impl Uptime for Timer {
        fn milliseconds(&self) -> u64 {
            self.0.get()
        }
    }

    #[test]
    fn time_is_unknown_then_runs_and_never_goes_backwards() {
        let timer = Timer(Cell::new(5_000));
        let mut clock = DoorClock::new(&timer);
        assert_eq!(clock.now(), None);
        clock.set(UnixSeconds(1000));
        assert_eq!(clock.now(), Some(UnixSeconds(1000)));
        timer.0.set(15_999);
        assert_eq!(clock.now(), Some(UnixSeconds(1010)));
        clock.set(UnixSeconds(1005));
        assert_eq!(clock.now(), Some(UnixSeconds(1010)), "it waits");
        timer.0.set(20_999);
        assert_eq!(clock.now(), Some(UnixSeconds(1010)));
        timer.0.set(21_999);
        assert_eq!(clock.now(), Some(UnixSeconds(1011)), "and goes on");
        clock.set(UnixSeconds(u64::MAX));
        timer.0.set(u64::MAX);
        assert_eq!(clock.now(), Some(UnixSeconds(u64::MAX)));
    }
}
