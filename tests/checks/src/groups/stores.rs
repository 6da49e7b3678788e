//! The contract of sessions in memory, the contract of every table on SQLite and a private PostgreSQL, and the counts that the
//! tests print.

use crate::run::Run;

pub(crate) fn check(run: &mut Run<'_>) {
    for line in [
        "GLOWBAND_STORES=1 cargo test --workspace --all-features --test lifecycle",
        "GLOWBAND_STORES=1 cargo test --workspace --all-features --test contract -- --nocapture",
        "GLOWBAND_STORES=1 cargo test --workspace --all-features --test cli -- accounts api::known api::outage",
    ] {
        run.command_line_with_counts(line, &[]);
    }
    // Each feature compiles without the others.
    for (package, features) in
        [("glowband-session", &["", "contract"][..]), ("glowband-storage", &["", "sqlite", "postgres"])]
    {
        for feature in features {
            run.command_line(&format!("cargo clippy --package {package} --features={feature} -- -D warnings"));
        }
    }
}
