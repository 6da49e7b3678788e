//! Signatures whose scalars are chosen: every arithmetic has to say what aws-lc and RustCrypto say.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::es256::compare(bytes));
