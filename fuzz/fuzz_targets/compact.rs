//! Three segments and their scratch: against a split by the standard library.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::compact::compare(bytes));
