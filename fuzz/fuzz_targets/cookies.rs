//! `Cookie` headers: against a search for the name.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::cookies::compare(bytes));
