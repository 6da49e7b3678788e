//! The contract of stores over all that we have, and what each promises beyond it.

// A failure anywhere here is the failure of a test.
#![allow(clippy::unwrap_used)]

mod figures;
mod memory;
mod model;
mod postgres;
mod sqlite;

/// Says it past the test harness, which shows nothing of a test that passes; `cargo checks stores` repeats it.
fn say(counted: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "counted: {counted}");
}
