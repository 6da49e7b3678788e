//! Objects whose member names resemble each other: against serde_json with a set of names, and against their construction.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::names::compare(bytes));
