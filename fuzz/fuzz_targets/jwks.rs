//! JWK sets and other key files: against their keys one by one.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::jwks::compare(bytes));
