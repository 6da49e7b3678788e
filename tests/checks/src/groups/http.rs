//! Guards before real sockets, an issuer that fails in every way, a real nginx; what the tests counted is shown.

use crate::run::Run;

pub(crate) fn check(run: &mut Run<'_>) {
    for line in [
        "cargo test --workspace --all-features --test adapters -- --nocapture",
        "cargo test --workspace --all-features --test remote -- --nocapture",
        "GLOWBAND_HTTP=1 cargo test --workspace --all-features --test suite -- http:: --nocapture",
    ] {
        run.command_line_with_counts(line, &[]);
    }
    // Whoever takes one framework gets none of the others: each feature is whole by itself.
    for feature in ["", "verify", "tower", "axum", "actix"] {
        run.command_line(&format!("cargo clippy --package glowband-http --features={feature} -- -D warnings"));
    }
    for feature in ["", "remote"] {
        run.command_line(&format!("cargo clippy --package glowband-verify --features={feature} -- -D warnings"));
    }
}
