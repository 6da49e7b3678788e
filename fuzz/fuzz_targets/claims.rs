//! Claims and dates under a policy and a time: against a second reading of RFC 7519.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::claims::compare(bytes));
