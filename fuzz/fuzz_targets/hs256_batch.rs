//! HS256 in batches by vector instructions: against one after the other and AWS-LC.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::tokens::hs256_batch::compare(bytes));
