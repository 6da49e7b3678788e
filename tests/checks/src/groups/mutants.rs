//! Mutation testing of the core: a change that no test notices is a line that no test holds.

use crate::run::Run;

/// Mutants are tried with the core's own tests; what those do not notice is tried with all of `tests` by hand.
pub(crate) fn core(run: &mut Run<'_>) {
    let mut command = run.workspace.cargo();
    command.args([
        "mutants",
        "--package",
        "glowband-core",
        "--all-features",
        "--no-shuffle",
        "--minimum-test-timeout",
        "60",
    ]);
    command.arg("--output").arg(run.workspace.keep("mutants"));
    // A part of the list: `GLOWBAND_MUTANTS="--file core/src/header.rs"`, `GLOWBAND_MUTANTS="--shard 3/40"`.
    if let Ok(part) = std::env::var("GLOWBAND_MUTANTS") {
        command.args(part.split_whitespace());
    }
    run.shown("cargo mutants of glowband-core", command);
}
