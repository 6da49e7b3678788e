//! Private Python environments with foreign libraries, each made anew when its pins change.

use std::fs;
use std::path::PathBuf;

use super::{answers, debian};
use crate::run::Run;
use crate::step::Step;
use crate::workspace::Workspace;

/// The Python that has the packages of `tests/PART/requirements.txt`.
pub(crate) fn interpreter(workspace: &Workspace, part: &str) -> PathBuf {
    environment(workspace, part).join("bin/python")
}

pub(crate) fn there(workspace: &Workspace, part: &str) -> Result<(), String> {
    let pins = pins(part);
    let installed = fs::read_to_string(stamp(workspace, part)).ok();
    let wanted = fs::read_to_string(workspace.root.join(&pins)).ok();
    let works = answers(workspace.program(interpreter(workspace, part)).arg("--version"));
    match (installed, wanted) {
        (_, None) => Err(format!("{pins} is not there")),
        (Some(installed), Some(wanted)) if installed == wanted && works => Ok(()),
        _ => Err(format!("the Python packages of {pins} are not installed")),
    }
}

pub(crate) fn bring(run: &mut Run<'_>, part: &str) {
    if let Err(error) = make(run, part) {
        run.console.remark(&format!("setup: {error}"));
    }
}

fn make(run: &mut Run<'_>, part: &str) -> Result<(), String> {
    let (pins, environment) = (pins(part), environment(run.workspace, part));
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
    let mut install = run.workspace.program(interpreter(run.workspace, part));
    // The pins are complete: nothing that they do not name comes along.
    install.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"]);
    install.args(["--requirement", &pins]);
    let made = run.bring(Step::new(format!("a Python environment in target/checks/python-{part}"), create))
        && run.bring(Step::new(format!("pip install --no-deps --requirement {pins}"), install));
    if made {
        fs::copy(run.workspace.root.join(&pins), stamp(run.workspace, part))
            .map_err(|error| format!("cannot note what was installed: {error}"))?;
    }
    Ok(())
}

fn pins(part: &str) -> String {
    format!("tests/{part}/requirements.txt")
}

fn environment(workspace: &Workspace, part: &str) -> PathBuf {
    workspace.keep(&format!("python-{part}"))
}

/// A copy of the pins that the environment was made from.
fn stamp(workspace: &Workspace, part: &str) -> PathBuf {
    environment(workspace, part).join("installed.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_made_from_other_pins_does_not_count() {
        let root = std::env::temp_dir().join(format!("checks-pins-{}", std::process::id()));
        let workspace = Workspace::for_test(&root);
        assert_eq!(there(&workspace, "interop"), Err("tests/interop/requirements.txt is not there".to_owned()));
        fs::create_dir_all(root.join("tests/interop")).expect("a folder");
        fs::create_dir_all(environment(&workspace, "interop").join("bin")).expect("a folder");
        fs::write(root.join(pins("interop")), "pyjwt==2\n").expect("pins");
        fs::write(stamp(&workspace, "interop"), "pyjwt==1\n").expect("a stamp");
        std::os::unix::fs::symlink("/bin/true", interpreter(&workspace, "interop")).expect("a link");
        assert!(there(&workspace, "interop").is_err());
        fs::write(stamp(&workspace, "interop"), "pyjwt==2\n").expect("a stamp");
        assert_eq!(there(&workspace, "interop"), Ok(()));
        fs::remove_dir_all(root).expect("gone");
    }
}
