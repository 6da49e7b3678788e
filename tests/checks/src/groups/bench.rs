//! Measurements, shown as they come. A workspace of its own: it is built for speed, not for checks.

use std::path::PathBuf;

use crate::run::Run;

/// Complete tokens, against other libraries.
pub(crate) fn tokens(run: &mut Run<'_>) {
    // The report and its chart are committed beside the program, and two READMEs show a part of it.
    measure(run, "tokens", "glowband-bench -- --write .");
}

/// A guarded route under load, against the same route bare and behind others.
pub(crate) fn middleware(run: &mut Run<'_>) {
    measure(run, "middleware", "middleware");
}

/// The server under load, and a peer on the same databases.
pub(crate) fn sessions(run: &mut Run<'_>) {
    if run.command_line("cargo build --profile dist --package glowband --bin glowband") {
        let server = run.workspace.target("dist/glowband");
        measure_with(run, "sessions", "sessions", &[("GLOWBAND", server)]);
    }
}

fn measure(run: &mut Run<'_>, feature: &str, program: &str) {
    measure_with(run, feature, program, &[]);
}

/// The feature brings what the program needs.
fn measure_with(run: &mut Run<'_>, feature: &str, program: &str, variables: &[(&str, PathBuf)]) {
    let line = format!("run --release --manifest-path tests/bench/Cargo.toml --features {feature} --bin {program}");
    let mut command = run.workspace.cargo();
    command.args(line.split(' ')).env("CARGO_TARGET_DIR", run.workspace.target(""));
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    run.shown(&format!("cargo {line}"), command);
}
