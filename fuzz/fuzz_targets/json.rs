//! JSON and every value in it: against serde_json with duplicate names detected.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::json::compare(bytes));
