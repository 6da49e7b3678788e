//! Headers: against a second reading of RFC 7515 section 4.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::header::compare(bytes));
