//! The private Python environment with the foreign libraries, made anew when its pins change.

use std::fs;
use std::path::PathBuf;

use super::{answers, debian};
use crate::run::Run;
use crate::step::Step;
use crate::workspace::Workspace;

const PINS: &str = "tests/interop/requirements.txt";

/// The Python that has the packages.
pub(crate) fn interpreter(workspace: &Workspace) -> PathBuf {
    environment(workspace).join("bin/python")
}

pub(crate) fn there(workspace: &Workspace) -> Result<(), String> {
    let installed = fs::read_to_string(stamp(workspace)).ok();
    let wanted = fs::read_to_string(workspace.root.join(PINS)).ok();
    let works = answers(workspace.program(interpreter(workspace)).arg("--version"));
    match (installed, wanted) {
        (_, None) => Err(format!("{PINS} is not there")),
        (Some(installed), Some(wanted)) if installed == wanted && works => Ok(()),
        _ => Err(format!("the Python packages of {PINS} are not installed")),
    }
}

pub(crate) fn bring(run: &mut Run<'_>) {
    if let Err(error) = make(run) {
        run.console.remark(&format!("setup: {error}"));
    }
}

fn make(run: &mut Run<'_>) -> Result<(), String> {
    let environment = environment(run.workspace);
    if environment.exists() {
        fs::remove_dir_all(&environment)
            .map_err(|error| format!("cannot remove {}: {error}", environment.display()))?;
    }
    let mut python = "python3";
    if !answers(run.workspace.program(python).args(["-c", "import venv, ensurepip"])) {
        debian::install(run, &["python3-venv"]);
        python = "/usr/bin/python3";
    }
    let mut create = run.workspace.program(python);
    create.args(["-m", "venv"]).arg(&environment);
    let mut install = run.workspace.program(interpreter(run.workspace));
    // The pins are complete: nothing that they do not name comes along.
    install.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"]);
    install.args(["--requirement", PINS]);
    let made = run.bring(Step::new("a Python environment in target/checks/python", create))
        && run.bring(Step::new(format!("pip install --no-deps --requirement {PINS}"), install));
    if made {
        fs::copy(run.workspace.root.join(PINS), stamp(run.workspace))
            .map_err(|error| format!("cannot note what was installed: {error}"))?;
    }
    Ok(())
}

fn environment(workspace: &Workspace) -> PathBuf {
    workspace.keep("python")
}

/// A copy of the pins that the environment was made from.
fn stamp(workspace: &Workspace) -> PathBuf {
    environment(workspace).join("installed.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_made_from_other_pins_does_not_count() {
        let root = std::env::temp_dir().join(format!("checks-pins-{}", std::process::id()));
        let workspace = Workspace::for_test(&root);
        assert_eq!(there(&workspace), Err(format!("{PINS} is not there")));
        fs::create_dir_all(root.join("tests/interop")).expect("a folder");
        fs::create_dir_all(environment(&workspace).join("bin")).expect("a folder");
        fs::write(root.join(PINS), "pyjwt==2\n").expect("pins");
        fs::write(stamp(&workspace), "pyjwt==1\n").expect("a stamp");
        std::os::unix::fs::symlink("/bin/true", interpreter(&workspace)).expect("a link");
        assert!(there(&workspace).is_err());
        fs::write(stamp(&workspace), "pyjwt==2\n").expect("a stamp");
        assert_eq!(there(&workspace), Ok(()));
        fs::remove_dir_all(root).expect("gone");
    }
}
