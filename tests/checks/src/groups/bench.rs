//! Measurements, shown as they come. A workspace of its own: it is built for speed, not for checks.

use crate::run::Run;

/// Complete tokens, against other libraries.
pub(crate) fn tokens(run: &mut Run<'_>) {
    // The report and its chart are committed beside the program.
    measure(run, "glowband-bench -- --write tests/bench");
}

/// A guarded route under load, against the same route bare and behind others.
pub(crate) fn middleware(run: &mut Run<'_>) {
    measure(run, "middleware");
}

fn measure(run: &mut Run<'_>, program: &str) {
    let line = format!("run --release --manifest-path tests/bench/Cargo.toml --bin {program}");
    let mut command = run.workspace.cargo();
    command.args(line.split(' ')).env("CARGO_TARGET_DIR", run.workspace.target("bench"));
    run.shown(&format!("cargo {line}"), command);
}
