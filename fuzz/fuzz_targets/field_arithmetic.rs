//! Sums, products, inverses, roots, scalars and digits of P-256: limbs of 64 and of 32 bits, and vectors, each against
//! big integers.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::arithmetic::compare(bytes));
