//! Other compilers, and the standard libraries of other machines.

use std::path::Path;
use std::time::Duration;

use super::{Missing, answer, answers};
use crate::run::Run;
use crate::step::Step;
use crate::workspace::Workspace;

/// A slow network is not waited for.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whether the compiler in use has the standard library of this target.
pub(super) fn target(workspace: &Workspace, name: &str) -> Result<(), Missing> {
    let folder = answer(workspace.program("rustc").args(["--print", "target-libdir", "--target", name]));
    match folder {
        Some(folder) if Path::new(&folder).is_dir() => Ok(()),
        _ => Err(without_rustup(workspace, format!("the Rust target {name} is not installed"))),
    }
}

/// Whether rustup has this version of the compiler.
pub(super) fn toolchain(workspace: &Workspace, version: &str) -> Result<(), Missing> {
    if answers(workspace.program("rustup").args(["run", version, "rustc", "--version"])) {
        return Ok(());
    }
    Err(without_rustup(workspace, format!("Rust {version} is not installed")))
}

/// Setup brings both by rustup alone.
fn without_rustup(workspace: &Workspace, what: String) -> Missing {
    if answers(workspace.program("rustup").arg("--version")) {
        Missing::Part(what)
    } else {
        Missing::Beyond(format!("{what}, and there is no rustup that could install it"))
    }
}

pub(super) fn bring_target(run: &mut Run<'_>, name: &str) {
    rustup(run, &["target", "add", name]);
}

pub(super) fn bring_toolchain(run: &mut Run<'_>, version: &str) {
    rustup(run, &["toolchain", "install", version, "--profile", "minimal", "--no-self-update"]);
}

fn rustup(run: &mut Run<'_>, words: &[&str]) {
    let mut command = run.workspace.program("rustup");
    command.args(words);
    run.bring(Step::new(format!("rustup {}", words.join(" ")), command).within(PATIENCE));
}
