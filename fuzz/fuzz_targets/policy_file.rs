//! Policy files of forward-auth: against a table of what each name may be.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| glowband_fuzz::parsers::policy_file::compare(bytes));
