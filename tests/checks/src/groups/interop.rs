//! Foreign libraries sign and we verify, and the other way round.

use crate::needs::python;
use crate::run::Run;

pub(crate) fn check(run: &mut Run<'_>) {
    let python = python::interpreter(run.workspace, "interop");
    run.command_line_with(
        "GLOWBAND_INTEROP=1 cargo test --workspace --all-features --test suite -- interop::",
        &[("GLOWBAND_PYTHON", python.display().to_string())],
    );
}
