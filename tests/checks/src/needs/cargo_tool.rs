//! Programs that cargo builds from crates.io, each of one version, in target/tools.

use std::fs;
use std::path::PathBuf;

use crate::run::Run;
use crate::step::Step;
use crate::workspace::Workspace;

/// Where groups start it from.
pub(crate) fn program(workspace: &Workspace, name: &str) -> PathBuf {
    folder(workspace).join("bin").join(name)
}

pub(crate) fn there(workspace: &Workspace, name: &str, version: &str) -> Result<(), String> {
    // What cargo itself notes about the folder.
    let notes = fs::read_to_string(folder(workspace).join(".crates.toml")).unwrap_or_default();
    match installed(&notes, name) {
        Some(found) if found == version && program(workspace, name).is_file() => Ok(()),
        Some(found) if found != version => Err(format!("{name} is {found} in target/tools, {version} is wanted")),
        _ => Err(format!("{name} {version} is not in target/tools")),
    }
}

/// Builds it without optimisation: these programs mostly wait for others, and it takes a third of the time.
pub(crate) fn bring(run: &mut Run<'_>, name: &str, version: &str) {
    let built = folder(run.workspace).join("build");
    let mut cargo = run.workspace.cargo();
    cargo.args(["install", "--locked", "--debug", "--version", version, "--root"]).arg(folder(run.workspace));
    cargo.arg("--target-dir").arg(&built).arg(name);
    // It is needed as a program, not to be looked into.
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_PROFILE_DEV_INCREMENTAL", "false");
    let step =
        Step::new(format!("cargo install --locked --debug --version {version} --root target/tools {name}"), cargo);
    // What an interrupted build left is gone on with; what a finished one left is of no use.
    if run.bring(step)
        && let Err(error) = fs::remove_dir_all(&built)
    {
        run.console.remark(&format!("setup: cannot remove {}: {error}", built.display()));
    }
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target("tools")
}

/// The version in cargo's own notes: `"cargo-deny 0.20.2 (registry+https://…)" = ["cargo-deny"]`.
fn installed<'n>(notes: &'n str, name: &str) -> Option<&'n str> {
    notes.lines().find_map(|line| {
        let mut words = line.strip_prefix('"')?.split(' ');
        (words.next() == Some(name)).then(|| words.next()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = "[v1]\n\"cargo-deny 0.20.2 (registry+https://example.org)\" = [\"cargo-deny\"]\n\
        \"cargo-deny-more 1.0.0 (registry+https://example.org)\" = [\"more\"]\n";

    #[test]
    fn the_version_is_read_from_the_notes_of_cargo() {
        assert_eq!(installed(NOTES, "cargo-deny"), Some("0.20.2"));
        assert_eq!(installed(NOTES, "cargo-deny-more"), Some("1.0.0"));
        assert_eq!(installed(NOTES, "cargo"), None);
        assert_eq!(installed("", "cargo-deny"), None);
    }

    #[test]
    fn another_version_or_a_program_that_is_gone_does_not_count() {
        let root = std::env::temp_dir().join(format!("checks-tools-{}", std::process::id()));
        let workspace = Workspace::for_test(&root);
        assert_eq!(
            there(&workspace, "cargo-deny", "0.20.2"),
            Err("cargo-deny 0.20.2 is not in target/tools".to_owned())
        );
        fs::create_dir_all(folder(&workspace).join("bin")).expect("a folder");
        fs::write(folder(&workspace).join(".crates.toml"), NOTES).expect("notes");
        assert!(there(&workspace, "cargo-deny", "0.20.2").is_err(), "the program is not there");
        fs::write(program(&workspace, "cargo-deny"), "").expect("a program");
        assert_eq!(there(&workspace, "cargo-deny", "0.20.2"), Ok(()));
        let other = there(&workspace, "cargo-deny", "0.20.3").expect_err("another version");
        assert!(other.contains("0.20.2 in target/tools, 0.20.3 is wanted"), "{other}");
        fs::remove_dir_all(root).expect("gone");
    }
}
