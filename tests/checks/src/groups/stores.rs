//! The contract of stores over memory, SQLite and a private PostgreSQL, and the server's own tables over both databases; what
//! the tests counted is shown.

use crate::run::Run;

pub(crate) fn check(run: &mut Run<'_>) {
    for line in [
        "GLOWBAND_STORES=1 cargo test --workspace --all-features --test lifecycle",
        "GLOWBAND_STORES=1 cargo test --workspace --all-features --test contract -- --nocapture",
        "GLOWBAND_STORES=1 cargo test --workspace --all-features --lib -- on_both_databases",
        "GLOWBAND_STORES=1 cargo test --workspace --all-features --test cli -- accounts api::known api::outage",
    ] {
        run.command_line_with_counts(line, &[]);
    }
    // Whoever takes one database gets nothing of the other: each feature is whole by itself.
    for feature in ["", "sqlite", "postgres", "contract"] {
        run.command_line(&format!("cargo clippy --package glowband-session --features={feature} -- -D warnings"));
    }
}
