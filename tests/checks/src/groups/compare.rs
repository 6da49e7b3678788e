//! Other libraries and the vectors. A workspace of its own: none of theirs is part of the product's build.

use crate::needs::python;
use crate::run::Run;

pub(crate) fn peers(run: &mut Run<'_>) {
    let manifest = "--manifest-path tests/compare/Cargo.toml --target-dir";
    let target = run.workspace.target("").display().to_string();
    let built = run.command_line(&format!("cargo test {manifest} {target}"))
        && run.command_line(&format!("cargo build --release --features crates --bin peer {manifest} {target}"));
    if !built {
        return;
    }
    let line = "run --manifest-path tests/compare/Cargo.toml";
    let mut command = run.workspace.cargo();
    command.args(line.split(' ')).env("CARGO_TARGET_DIR", &target);
    command.env("GLOWBAND_PEER", run.workspace.target("release/peer"));
    command.env("GLOWBAND_PYTHON", python::interpreter(run.workspace, "compare"));
    run.shown(&format!("cargo {line}"), command);
}
