//! The HMAC comparison under valgrind: the key is marked as undefined memory, so whatever
//! decides by it is reported, as if it decided by uninitialised data.

use std::path::PathBuf;

use crate::run::Run;
use crate::step::{Step, Success};

/// The status with which valgrind ends when it has seen such a decision.
const REPORTED: i32 = 99;

const SUPPRESSIONS: &str = "tests/constant-time/public-verdict.supp";

pub(crate) fn check(run: &mut Run<'_>) {
    // The product's optimisation: the check examines machine code.
    let built = "CARGO_PROFILE_DEV_OPT_LEVEL=3 cargo build -p glowband-constant-time";
    if !run.command_line(built) {
        return;
    }
    watched(run, "compare", "no branch or index depends on the key or the tag", 0);
    watched(run, "control", "an early-exit comparison of the same secret is reported", REPORTED);
}

fn watched(run: &mut Run<'_>, part: &str, name: &str, status: i32) {
    let program: PathBuf = run.workspace.target("debug").join("glowband-constant-time");
    let mut command = run.workspace.program("valgrind");
    command.arg("--quiet").arg(format!("--error-exitcode={REPORTED}"));
    command.arg(format!("--suppressions={SUPPRESSIONS}"));
    command.arg(program).arg(part);
    run.step(Step::new(name, command).success(Success::Exactly(status)));
}
