//! Genuine tokens with mutations, real keys: against AWS-LC and a second reading.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::tokens::structured::compare(bytes));
