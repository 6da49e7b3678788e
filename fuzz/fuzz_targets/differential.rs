//! Genuine tokens with mutations: against jsonwebtoken and jwt-simple, but for what DIFFERENCES.md lists.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::tokens::differential::compare(bytes));
