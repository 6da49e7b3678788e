//! What `field.s` computes, as safe functions: the only unsafe code of this crate.

#![allow(unsafe_code, reason = "assembly")]

use core::arch::global_asm;
use core::mem::MaybeUninit;

global_asm!(include_str!("field.s"), options(raw));

// SAFETY: these are the functions of `field.s`, with these arguments.
unsafe extern "C" {
    fn glowband_p256_umaal_product(result: *mut [u32; 8], a: *const [u32; 8], b: *const [u32; 8]);
    fn glowband_p256_umaal_sum(result: *mut [u32; 8], a: *const [u32; 8], b: *const [u32; 8]);
    fn glowband_p256_umaal_difference(result: *mut [u32; 8], a: *const [u32; 8], b: *const [u32; 8]);
}

// SAFETY, for each below: the function reads eight words of a and b, and writes eight when all is read, so that the result
// may lie where they do; it keeps the registers that a call keeps, and takes 44 bytes of stack at most. No value of the
// words makes it do anything else.

/// a·b·2^−256 mod p.
#[inline(always)]
pub fn product(a: &[u32; 8], b: &[u32; 8]) -> [u32; 8] {
    let mut result = MaybeUninit::uninit();
    // SAFETY: as above; all of the result is written.
    unsafe {
        glowband_p256_umaal_product(result.as_mut_ptr(), a, b);
        result.assume_init()
    }
}

/// a ← a·b·2^−256 mod p.
#[inline(always)]
pub fn multiply(a: &mut [u32; 8], b: &[u32; 8]) {
    // SAFETY: as above.
    unsafe { glowband_p256_umaal_product(a, a, b) }
}

/// a ← a²·2^−256 mod p.
#[inline(always)]
pub fn square(a: &mut [u32; 8]) {
    // SAFETY: as above.
    unsafe { glowband_p256_umaal_product(a, a, a) }
}

/// a ← a + b mod p.
#[inline(always)]
pub fn add(a: &mut [u32; 8], b: &[u32; 8]) {
    // SAFETY: as above.
    unsafe { glowband_p256_umaal_sum(a, a, b) }
}

/// a ← a − b mod p.
#[inline(always)]
pub fn subtract(a: &mut [u32; 8], b: &[u32; 8]) {
    // SAFETY: as above.
    unsafe { glowband_p256_umaal_difference(a, a, b) }
}

/// a ← b − a mod p.
#[inline(always)]
pub fn subtract_from(a: &mut [u32; 8], b: &[u32; 8]) {
    // SAFETY: as above.
    unsafe { glowband_p256_umaal_difference(a, b, a) }
}
