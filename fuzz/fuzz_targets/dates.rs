//! Numbers as dates: against digits that are shifted as text.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::dates::compare(bytes));
