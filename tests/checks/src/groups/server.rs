//! `glowband serve` as a process, with everything that happens to servers; what the tests counted is shown.

use crate::needs::python;
use crate::run::Run;

pub(crate) fn check(run: &mut Run<'_>) {
    let python = python::interpreter(run.workspace, "openapi");
    // Servers, clients and databases share the machine: one test at a time, or clocks and time-outs are its neighbours'.
    run.command_line_with_counts(
        "GLOWBAND_LOGINS=1 cargo test --workspace --all-features --test suite -- logins:: --nocapture --test-threads=1",
        &[("GLOWBAND_PYTHON", python.display().to_string())],
    );
}
