//! When something goes wrong: reset, which locks the door.

use core::panic::PanicInfo;
use cortex_m::peripheral::SCB;
use cortex_m_rt::{ExceptionFrame, exception};

/// Every pin is an input again, and the resistor at the lock pulls it low.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    SCB::sys_reset()
}

#[allow(unsafe_code, reason = "the runtime asks for it")]
#[exception]
// SAFETY: it touches nothing of what was interrupted.
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    SCB::sys_reset()
}
