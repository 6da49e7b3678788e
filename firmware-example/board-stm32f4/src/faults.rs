//! When something goes wrong: reset, which locks the door.

use core::panic::PanicInfo;
use cortex_m::peripheral::SCB;
use cortex_m_rt::{ExceptionFrame, exception};

/// Every pin is an input again, and the resistor at the lock pulls it low.
#[cfg(not(feature = "no-panic"))]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    SCB::sys_reset()
}

#[cfg(feature = "no-panic")]
#[panic_handler]
#[expect(unsafe_code, reason = "a symbol that is nowhere")]
fn panic(_: &PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        fn a_panic_can_be_reached() -> !;
    }
    // SAFETY: an image with this call does not link.
    unsafe { a_panic_can_be_reached() }
}

#[allow(unsafe_code, reason = "the runtime asks for it")]
#[exception]
// SAFETY: it touches nothing of what was interrupted.
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    SCB::sys_reset()
}
