//! UTF-8, SHA-256 and HMAC of machines without an operating system: against the standard library, `sha2` and AWS-LC.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::chip_code::compare(bytes));
