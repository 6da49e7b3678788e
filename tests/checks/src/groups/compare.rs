//! The vectors through other libraries, and the table of what they said.

use crate::needs::python;
use crate::run::Run;
use crate::step::Step;

const TABLE: &str = "tests/COMPARISON.md";

/// When the tokens of the vectors are presented: 1700000000.
const MOMENT: &str = "2023-11-14 22:13:20";

pub(crate) fn check(run: &mut Run<'_>) {
    let target = run.workspace.target("peers");
    let mut build = run.workspace.cargo();
    build.args(["build", "--release", "--locked", "--manifest-path", "tests/peers/Cargo.toml"]);
    build.env("CARGO_TARGET_DIR", &target);
    if !run.step(Step::new("cargo build of tests/peers", build)) {
        return;
    }
    let mut compare = run.workspace.program("faketime");
    // The clock stands still: libraries that are asked later see the same moment.
    compare.args(["-f", MOMENT]).arg(target.join("release/glowband-peers"));
    compare.arg(python::interpreter(run.workspace, "interop")).args(["node", TABLE]).env("TZ", "UTC");
    if run.step(Step::new(format!("every vector by every library; the table is {TABLE}"), compare)) {
        let table = std::fs::read_to_string(run.workspace.root.join(TABLE)).unwrap_or_default();
        table.lines().filter(|line| line.starts_with('|')).for_each(|line| run.console.remark(line));
    }
}
