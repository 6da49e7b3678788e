//! Operations on sessions: against a model of the rules of rotation.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::logins::rotation::compare(bytes));
