//! Segments of base64url, as header, payload and signature: against the crate `base64`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::base64url::compare(bytes));
