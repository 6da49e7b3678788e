//! Measurements, shown as they come. A workspace of its own: it is built for speed, not for checks.

use crate::run::Run;

pub(crate) fn check(run: &mut Run<'_>) {
    let mut command = run.workspace.cargo();
    command
        .args(["run", "--release", "--manifest-path", "tests/bench/Cargo.toml"])
        .env("CARGO_TARGET_DIR", run.workspace.target("bench"));
    run.shown("cargo run --release --manifest-path tests/bench/Cargo.toml", command);
}
