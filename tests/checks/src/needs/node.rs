//! Node and the packages of a folder's lock file, installed anew when it changes.

use std::fs;
use std::path::PathBuf;

use super::{answer, answers, debian};
use crate::run::Run;
use crate::step::Step;
use crate::workspace::Workspace;

/// The oldest version that has the Web Crypto that jose and Better Auth ask for.
const OLDEST: u32 = 20;

/// Returns whether what a folder locks is installed in it. Folders are named from the root.
pub(crate) fn there(workspace: &Workspace, folder: &str) -> Result<(), String> {
    node(workspace)?;
    let installed = fs::read_to_string(stamp(workspace, folder)).ok();
    let wanted = fs::read_to_string(lock(workspace, folder)).ok();
    match (installed, wanted) {
        (_, None) => Err(format!("{folder}/package-lock.json is not there")),
        (Some(installed), Some(wanted)) if installed == wanted => Ok(()),
        _ => Err(format!("the npm packages of {folder}/package-lock.json are not installed")),
    }
}

pub(crate) fn bring(run: &mut Run<'_>, folder: &str) {
    if !answers(run.workspace.program("node").arg("--version")) {
        debian::install(run, &["nodejs"]);
    }
    if !answers(run.workspace.program("npm").arg("--version")) {
        debian::install(run, &["npm"]);
    }
    if node(run.workspace).is_err() {
        return;
    }
    let mut install = run.workspace.program("npm");
    install.args(["ci", "--no-audit", "--no-fund"]).current_dir(run.workspace.root.join(folder));
    if run.bring(Step::new(format!("npm ci in {folder}"), install))
        && let Err(error) = fs::copy(lock(run.workspace, folder), stamp(run.workspace, folder))
    {
        run.console.remark(&format!("setup: cannot note what was installed: {error}"));
    }
}

fn node(workspace: &Workspace) -> Result<(), String> {
    match answer(workspace.program("node").arg("--version")) {
        None => Err("node is not installed".to_owned()),
        Some(version) if major(&version).is_some_and(|major| major >= OLDEST) => Ok(()),
        Some(version) => Err(format!("node is {version}, at least v{OLDEST} is needed")),
    }
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn lock(workspace: &Workspace, folder: &str) -> PathBuf {
    workspace.root.join(folder).join("package-lock.json")
}

/// A copy of the lock file that the packages came from; `npm ci` sweeps it away with them.
fn stamp(workspace: &Workspace, folder: &str) -> PathBuf {
    workspace.root.join(folder).join("node_modules/.installed-lock.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.11.1"), Some(20));
        assert_eq!(major("20"), None);
        assert_eq!(major("v"), None);
    }
}
