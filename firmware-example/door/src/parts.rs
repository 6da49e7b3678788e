//! What a board provides: traits from published crates, and the few traits that are defined here.

use crate::nonce::Entropy;
use crate::timekeeping::Uptime;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, ReadReady, Write};
use embedded_storage::nor_flash::NorFlash;

/// The types of a board's parts.
pub trait Board {
    /// The line that tokens come from. Its receive buffer is filled by interrupt or DMA; an error in
    /// reading means that bytes were lost, and the line that they belonged to is dropped whole.
    type Serial: Read + ReadReady + Write;
    /// High opens. Low, as after a reset, it is locked.
    type Lock: OutputPin;
    /// How long the lock is open is counted by this, not by the clock.
    type Delay: DelayNs;
    /// The timer behind the clock.
    type Uptime: Uptime;
    /// At least two pages for the door alone; the longest record fits one.
    type Flash: NorFlash;
    /// For nonces.
    type Entropy: Entropy;
    /// Resets the board, and so locks the door, when the main loop stops.
    type Watchdog: Watchdog;
}

/// A watchdog that is running.
pub trait Watchdog {
    /// All is well for another while.
    fn feed(&mut self);
}

/// The parts themselves.
pub struct Parts<B: Board> {
    /// See [`Board::Serial`].
    pub serial: B::Serial,
    /// See [`Board::Lock`].
    pub lock: B::Lock,
    /// See [`Board::Delay`].
    pub delay: B::Delay,
    /// See [`Board::Uptime`].
    pub uptime: B::Uptime,
    /// See [`Board::Flash`].
    pub flash: B::Flash,
    /// See [`Board::Entropy`].
    pub entropy: B::Entropy,
    /// See [`Board::Watchdog`].
    pub watchdog: B::Watchdog,
}
