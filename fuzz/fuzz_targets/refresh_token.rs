//! Refresh tokens: only what the secret makes is found, in one spelling.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::logins::refresh_token::compare(bytes));
