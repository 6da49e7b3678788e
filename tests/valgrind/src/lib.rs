//! Requests to valgrind: a sequence of instructions that changes nothing on a real processor
//! and that valgrind recognises (valgrind.h, memcheck.h, callgrind.h).

#![allow(unsafe_code, reason = "a request is a sequence of instructions")]

use std::ffi::CStr;

/// Returns true when valgrind runs this program.
pub fn is_running() -> bool {
    ask([RUNNING_ON_VALGRIND, 0, 0, 0, 0, 0]) != 0
}

/// Makes valgrind report every decision that depends on the value.
pub fn mark_secret<T: ?Sized>(value: &mut T) {
    mark(MAKE_MEM_UNDEFINED, value);
}

/// Undoes [`mark_secret`] for a value that may be public.
pub fn mark_public<T: ?Sized>(value: &mut T) {
    mark(MAKE_MEM_DEFINED, value);
}

/// Returns how many bits of the value depend on secrets, which valgrind treats as uninitialised memory.
pub fn secret_bits<T>(value: &T) -> u32 {
    let mut bits = vec![0_u8; size_of::<T>()];
    let from = std::ptr::from_ref(value).expose_provenance() as u64;
    let to = bits.as_mut_ptr().expose_provenance() as u64;
    ask([GET_VBITS, from, to, bits.len() as u64, 0, 0]);
    bits.iter().map(|byte| byte.count_ones()).sum()
}

/// Sets callgrind's count of instructions to zero.
pub fn count_from_zero() {
    ask([CALLGRIND + 1, 0, 0, 0, 0, 0]);
}

/// Makes callgrind write its count of instructions under this name.
pub fn write_count(name: &CStr) {
    ask([CALLGRIND + 3, name.as_ptr().expose_provenance() as u64, 0, 0, 0, 0]);
}

const RUNNING_ON_VALGRIND: u64 = 0x1001;
const MEMCHECK: u64 = (b'M' as u64) << 24 | (b'C' as u64) << 16;
const CALLGRIND: u64 = (b'C' as u64) << 24 | (b'T' as u64) << 16;
const MAKE_MEM_UNDEFINED: u64 = MEMCHECK + 1;
const MAKE_MEM_DEFINED: u64 = MEMCHECK + 2;
const GET_VBITS: u64 = MEMCHECK + 8;

fn mark<T: ?Sized>(request: u64, value: &mut T) {
    let start = std::ptr::from_mut(value).cast::<u8>().expose_provenance() as u64;
    ask([request, start, size_of_val(value) as u64, 0, 0, 0]);
}

#[cfg(target_arch = "x86_64")]
fn ask(request: [u64; 6]) -> u64 {
    let mut answer = 0_u64;
    // SAFETY: the four rotations turn rdi by 128 bits in all and the exchange is of a register with
    // itself, so a real processor changes nothing but flags. Valgrind reads the six words that rax
    // points to and writes the answer to rdx. The requests to mark change valgrind's own notes about
    // the named memory, never the memory; the one to read writes as many bytes as it is told, into a
    // buffer of that length.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") request.as_ptr(),
            inout("rdx") answer,
            options(nostack),
        );
    }
    answer
}

/// The check runs on `x86_64` only; elsewhere the program says that valgrind is not there.
#[cfg(not(target_arch = "x86_64"))]
fn ask(_request: [u64; 6]) -> u64 {
    0
}
