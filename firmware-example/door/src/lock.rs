//! The lock: open for a counted time, locked for ever otherwise.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;

/// Milliseconds between two looks at the serial line.
const SLICE: u32 = 5;

/// The pin and the time that it stays high.
pub(crate) struct Lock<P, D> {
    pin: P,
    delay: D,
    remaining: u32,
    /// The pin did not go low when it had to.
    stuck: bool,
}

impl<P: OutputPin, D: DelayNs> Lock<P, D> {
    /// Locks.
    pub(crate) fn new(pin: P, delay: D) -> Self {
        let mut lock = Self { pin, delay, remaining: 0, stuck: false };
        lock.close();
        lock
    }

    pub(crate) fn is_open(&self) -> bool {
        self.remaining > 0
    }

    /// A lock that cannot be closed is a reason to be reset.
    pub(crate) fn is_stuck(&self) -> bool {
        self.stuck
    }

    pub(crate) fn open(&mut self, milliseconds: u32) {
        if milliseconds > 0 && self.pin.set_high().is_ok() {
            self.remaining = milliseconds;
        } else {
            self.close();
        }
    }

    /// Lets a slice of time pass, and locks when it was the last one.
    pub(crate) fn wait(&mut self) {
        self.delay.delay_ms(SLICE.min(self.remaining.max(1)));
        if self.remaining > 0 {
            self.remaining = self.remaining.saturating_sub(SLICE);
            if self.remaining == 0 {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        self.stuck = self.pin.set_low().is_err();
    }
}
