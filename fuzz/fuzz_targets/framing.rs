//! Lines from a serial port, however they are cut: against a split at line ends.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::framing::compare(bytes));
