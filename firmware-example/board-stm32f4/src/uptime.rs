//! Milliseconds since the start, by SysTick; and waiting for some of them to pass.

use core::cell::Cell;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;
use critical_section::Mutex;
use door::Uptime;
use embedded_hal::delay::DelayNs;
use stm32f4xx_hal::rcc::Clocks;

static MILLISECONDS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

/// The timer, running.
#[derive(Clone, Copy, Debug)]
pub struct Timer {
    running: (),
}

pub(crate) fn start(mut syst: SYST, clocks: &Clocks) -> Timer {
    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(crate::clocks::ticks_per_millisecond(clocks) - 1);
    syst.clear_current();
    syst.enable_counter();
    syst.enable_interrupt();
    Timer { running: () }
}

#[exception]
fn SysTick() {
    critical_section::with(|section| {
        let milliseconds = MILLISECONDS.borrow(section);
        milliseconds.set(milliseconds.get().saturating_add(1));
    });
}

impl Uptime for Timer {
    fn milliseconds(&self) -> u64 {
        let () = self.running;
        critical_section::with(|section| MILLISECONDS.borrow(section).get())
    }
}

/// Sleeps between two ticks. If they stop, it waits for ever, and the watchdog resets the board.
impl DelayNs for Timer {
    fn delay_ns(&mut self, nanoseconds: u32) {
        let whole = u64::from(nanoseconds.div_ceil(1_000_000));
        let until = self.milliseconds().saturating_add(whole);
        while self.milliseconds() < until {
            cortex_m::asm::wfi();
        }
    }

    fn delay_ms(&mut self, milliseconds: u32) {
        let until = self.milliseconds().saturating_add(milliseconds.into());
        while self.milliseconds() < until {
            cortex_m::asm::wfi();
        }
    }
}
