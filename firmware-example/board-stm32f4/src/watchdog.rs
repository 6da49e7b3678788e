//! The independent watchdog (chapter 21): its own oscillator, and no way to stop it.

use stm32f4xx_hal::pac::IWDG;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

/// Longer than the flash takes to erase a sector of 128 KB byte by byte, during which no instruction is fetched: 4 s at
/// most (datasheet, flash memory programming). The oscillator is a rough one: this is between 5.4 and 15 s.
const PERIOD: u32 = 8000;

/// The watchdog, running.
pub struct Watchdog(IndependentWatchdog);

pub(crate) fn start(iwdg: IWDG) -> Watchdog {
    let mut watchdog = IndependentWatchdog::new(iwdg);
    watchdog.start(PERIOD.millis());
    Watchdog(watchdog)
}

impl door::Watchdog for Watchdog {
    fn feed(&mut self) {
        self.0.feed();
    }
}
