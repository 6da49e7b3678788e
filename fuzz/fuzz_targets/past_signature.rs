//! Whole tokens whose signature every key finds genuine: all ways of verifying, and a second reading.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::tokens::past_signature::compare(bytes));
