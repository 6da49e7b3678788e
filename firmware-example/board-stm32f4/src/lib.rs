//! The parts of a door on an STM32F405, and what is needed to measure it.
//!
//! | pin | is |
//! |---|---|
//! | PA9, PA10 | USART1, 115200 8N1: the line that tokens come from |
//! | PC6 | the lock, high opens; pull it down outside, as it floats under reset |
//! | PA2 | USART2, for an emulator alone: the lock's level |
//!
//! Chapters are those of the reference manual RM0090.

#![no_std]
#![deny(missing_docs)]

mod clocks;
mod entropy;
mod faults;
mod flash;
#[cfg(feature = "qemu")]
mod kept_ram;
mod pin_report;
mod serial;
pub mod told;
mod uptime;
mod watchdog;

// The channel that log lines take.
#[cfg(feature = "defmt")]
use defmt_semihosting as _;
use door::{Board, Parts};
use stm32f4xx_hal::gpio::GpioExt;
use stm32f4xx_hal::pac;

/// The board's parts by their types.
pub struct Stm32F405;

impl Board for Stm32F405 {
    type Serial = serial::Line;
    type Lock = pin_report::LockPin;
    type Delay = uptime::Timer;
    type Uptime = uptime::Timer;
    type Flash = flash::StoreFlash;
    type Entropy = entropy::Noise;
    type Watchdog = watchdog::Watchdog;
}

/// Starts the clock tree and every part; `None` if it was done before.
pub fn parts() -> Option<Parts<Stm32F405>> {
    let core = cortex_m::Peripherals::take()?;
    let device = pac::Peripherals::take()?;
    let mut rcc = clocks::start(device.RCC);
    let (port_a, port_c) = (device.GPIOA.split(&mut rcc), device.GPIOC.split(&mut rcc));
    // Low before it is an output.
    let lock = port_c.pc6.into_push_pull_output_in_state(stm32f4xx_hal::gpio::PinState::Low);
    let timer = uptime::start(core.SYST, &rcc.clocks);
    Some(Parts {
        serial: serial::start(device.USART1, port_a.pa9, port_a.pa10, &mut rcc)?,
        lock: pin_report::lock_pin(lock, device.USART2, port_a.pa2, &mut rcc)?,
        delay: timer,
        uptime: timer,
        flash: flash::store(device.FLASH)?,
        entropy: entropy::start(device.RNG, &mut rcc, timer),
        watchdog: watchdog::start(device.IWDG),
    })
}
