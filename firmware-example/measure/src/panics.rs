//! What a panic does here: with `no-panic`, the link fails.

use core::panic::PanicInfo;

#[cfg(not(feature = "no-panic"))]
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    cortex_m_semihosting::debug::exit(cortex_m_semihosting::debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
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
