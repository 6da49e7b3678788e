//! Laws that hold for whatever comes in. The inputs differ from run to run; a failure prints the smallest one found.

mod base64;
mod budgets;
mod dates;
mod framing;
mod json;
mod keyrings;
mod names;
mod noise;
mod replay;
mod roundtrip;
mod tampering;

use proptest::test_runner::Config;

/// How many inputs a law is tried on; nothing is written to disk.
fn cases(count: u32) -> Config {
    Config { cases: count, failure_persistence: None, ..Config::default() }
}
