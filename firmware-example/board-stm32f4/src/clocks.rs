//! The clock tree (chapter 7).

use stm32f4xx_hal::pac;
use stm32f4xx_hal::rcc::{Config, Rcc, RccExt};

/// What SysTick counts in a millisecond. An emulator's counts at its own rate, whatever the clock tree says.
#[cfg(feature = "qemu")]
pub(crate) fn ticks_per_millisecond(_: &stm32f4xx_hal::rcc::Clocks) -> u32 {
    168_000
}

/// What SysTick counts in a millisecond.
#[cfg(not(feature = "qemu"))]
pub(crate) fn ticks_per_millisecond(clocks: &stm32f4xx_hal::rcc::Clocks) -> u32 {
    clocks.sysclk().raw() / 1000
}

/// 168 MHz from the crystal of 8 MHz, and 48 MHz for the generator of random numbers.
#[cfg(feature = "pll")]
pub(crate) fn start(rcc: pac::RCC) -> Rcc {
    use stm32f4xx_hal::time::MegaHertz;
    let hertz = |megahertz: u32| MegaHertz::from_raw(megahertz).convert();
    rcc.freeze(Config::hse(hertz(8)).sysclk(hertz(168)).require_pll48clk())
}

/// 16 MHz, as after a reset.
#[cfg(not(feature = "pll"))]
pub(crate) fn start(rcc: pac::RCC) -> Rcc {
    rcc.freeze(Config::hsi())
}
