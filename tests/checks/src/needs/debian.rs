//! Packages of the distribution.

use super::{answer, answers};
use crate::run::Run;
use crate::step::Step;

/// Installs packages through apt, as root or through sudo. True when all are there afterwards.
pub(crate) fn install(run: &mut Run<'_>, packages: &[&str]) -> bool {
    if !answers(run.workspace.program("apt-get").arg("--version")) {
        run.console.remark(&format!(
            "setup: this system has no apt-get; install by hand what Debian calls {}",
            packages.join(" ")
        ));
        return false;
    }
    apt(run, &["update", "--quiet"]) && apt(run, &[&["install", "--yes", "--no-install-recommends"], packages].concat())
}

fn apt(run: &mut Run<'_>, words: &[&str]) -> bool {
    let root = answer(run.workspace.program("id").arg("-u")).as_deref() == Some("0");
    let mut command = if root {
        run.workspace.program("apt-get")
    } else {
        let mut command = run.workspace.program("sudo");
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        command
    };
    command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
    run.bring(Step::new(format!("apt-get {}", words.join(" ")), command))
}
