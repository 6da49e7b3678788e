//! The contract of every table on both databases, and what each database promises beyond it.

// A failure anywhere here is the failure of a test.
#![allow(clippy::unwrap_used)]

mod audit_log;
mod figures;
mod key_binding;
mod known_addresses;
mod live_logins;
mod opaque_tokens;
mod personal_tokens;
mod postgres;
mod races;
mod schema;
mod sqlite;
mod statements;
mod test_database;
mod users;

/// Prints a count past the test harness, which hides the output of a passing test; `cargo checks stores` repeats it.
fn say(counted: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "counted: {counted}");
}
