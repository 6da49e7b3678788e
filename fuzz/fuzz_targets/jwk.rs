//! JSON Web Keys: against a second reading with big integers, and the host's reader against the core's.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::jwk::compare(bytes));
