//! `glowband serve` as a process, with everything that happens to servers; what the tests counted is shown.

use crate::needs::python;
use crate::run::Run;

use super::http::show_counts;

pub(crate) fn check(run: &mut Run<'_>) {
    let python = python::interpreter(run.workspace, "openapi");
    let (_, output) = run.command_line_with_output(
        // Servers, clients and databases share the machine: one test at a time, or clocks and time-outs are its neighbours'.
        "GLOWBAND_LOGINS=1 cargo test --workspace --all-features --test suite -- logins:: --nocapture --test-threads=1",
        &[("GLOWBAND_PYTHON", python.display().to_string())],
    );
    show_counts(run, &output);
}
