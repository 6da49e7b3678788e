//! `Authorization` headers: against the grammar of RFC 6750 read from left to right.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::bearer::compare(bytes));
