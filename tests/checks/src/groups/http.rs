//! Guards before real sockets, an issuer that fails in every way, a real nginx; what the tests counted is shown.

use crate::run::Run;

/// How a line begins in which a test says what it counted.
const COUNTED: &str = "counted: ";

pub(crate) fn check(run: &mut Run<'_>) {
    for line in [
        "cargo test --workspace --all-features --test adapters -- --nocapture",
        "cargo test --workspace --all-features --test remote -- --nocapture",
        "GLOWBAND_HTTP=1 cargo test --workspace --all-features --test suite -- http:: --nocapture",
    ] {
        let (_, output) = run.command_line_with_output(line, &[]);
        show_counts(run, &output);
    }
    // Whoever takes one framework gets none of the others: each feature is whole by itself.
    for feature in ["", "verify", "tower", "axum", "actix"] {
        run.command_line(&format!("cargo clippy --package glowband-http --features={feature} -- -D warnings"));
    }
    for feature in ["", "remote"] {
        run.command_line(&format!("cargo clippy --package glowband-verify --features={feature} -- -D warnings"));
    }
}

/// Shows what the tests of this output counted.
pub(super) fn show_counts(run: &mut Run<'_>, output: &str) {
    for counts in output.lines().filter_map(|line| line.split_once(COUNTED)).map(|(_, counts)| counts) {
        run.console.remark(counts);
    }
}
