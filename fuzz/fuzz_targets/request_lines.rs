//! Requests of `glowband verify --batch`: lines of a stream, and what each asks for, against a second reading.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::request_lines::compare(bytes));
