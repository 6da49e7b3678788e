//! Two instructions that do nothing, and that no compiler writes: the counter starts at one and stops at the other.

/// The counting starts.
#[expect(unsafe_code, reason = "an instruction by name")]
#[inline(always)]
pub fn start() {
    // SAFETY: the instruction copies a register onto itself.
    unsafe { core::arch::asm!("mov r10, r10", options(nomem, preserves_flags)) }
}

/// The counting stops, and the number is printed.
#[expect(unsafe_code, reason = "an instruction by name")]
#[inline(always)]
pub fn stop() {
    // SAFETY: the instruction copies a register onto itself.
    unsafe { core::arch::asm!("mov r11, r11", options(nomem, preserves_flags)) }
}
