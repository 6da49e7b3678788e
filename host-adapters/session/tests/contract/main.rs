//! The contract of stores over the store in memory, and the rules of rotation in a model.

// A failure anywhere here is the failure of a test.
#![allow(clippy::unwrap_used)]

mod memory;
mod model;

/// Prints a count past the test harness, which hides the output of a passing test; `cargo checks stores` repeats it.
fn say(counted: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "counted: {counted}");
}
