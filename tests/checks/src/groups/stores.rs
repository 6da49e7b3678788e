//! The contract of stores over memory, SQLite and a private PostgreSQL; what the tests counted is shown.

use crate::run::Run;

/// How a line begins in which a test says what it counted.
const COUNTED: &str = "counted: ";

pub(crate) fn check(run: &mut Run<'_>) {
    for line in [
        "GLOWBAND_STORES=1 cargo test --workspace --all-features --test lifecycle",
        "GLOWBAND_STORES=1 cargo test --workspace --all-features --test contract -- --nocapture",
    ] {
        let (_, output) = run.command_line_with_output(line, &[]);
        for counts in output.lines().filter_map(|line| line.split_once(COUNTED)).map(|(_, counts)| counts) {
            run.console.remark(counts);
        }
    }
    // Whoever takes one database gets nothing of the other: each feature is whole by itself.
    for feature in ["", "sqlite", "postgres", "contract"] {
        run.command_line(&format!("cargo clippy --package glowband-session --features={feature} -- -D warnings"));
    }
}
