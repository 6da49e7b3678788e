//! The npm package for browsers and apps: its tests, its sizes, its tarball, its examples.

use std::process::Command;

use crate::run::Run;
use crate::step::{Step, Success};

pub(crate) const FOLDER: &str = "host-adapters/browser";

pub(crate) fn check(run: &mut Run<'_>) {
    if !run.step(Step::new("npm run build", npm(run, FOLDER, &["run", "build"]))) {
        return;
    }
    let tests = Step::new("npm test", npm(run, FOLDER, &["test"])).success(Success::Tests);
    shown(run, tests, |line| line.strip_prefix("counted: "));
    let sizes = Step::new("npm run size", npm(run, FOLDER, &["run", "size"]));
    shown(run, sizes, |line| (!line.starts_with('>')).then_some(line));
    for script in ["package", "examples"] {
        run.step(Step::new(format!("npm run {script}"), npm(run, FOLDER, &["run", script])));
    }
}

/// An npm command in a folder, which is named from the root.
pub(super) fn npm(run: &Run<'_>, folder: &str, words: &[&str]) -> Command {
    let mut npm = run.workspace.program("npm");
    npm.args(words).current_dir(run.workspace.root.join(folder));
    npm
}

/// Runs a step, and shows those of its lines that are chosen.
pub(super) fn shown(run: &mut Run<'_>, step: Step, chosen: impl Fn(&str) -> Option<&str>) {
    let (_, output) = run.step_with_output(step);
    for line in output.lines().filter_map(chosen).filter(|line| !line.trim().is_empty()) {
        run.console.remark(line);
    }
}
