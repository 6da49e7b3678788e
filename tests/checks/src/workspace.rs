//! Where things are: the root of the repository, the shared target folder, the cargo in use.

use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    target: PathBuf,
    cargo: PathBuf,
}

impl Workspace {
    /// Finds the root from any folder below it.
    pub(crate) fn find() -> Result<Self, String> {
        let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
        let root = match std::env::var_os("CARGO_MANIFEST_DIR") {
            // Set by `cargo run` to the folder of this package: tests/checks.
            Some(package) => PathBuf::from(package).join("../.."),
            None => located_by(&cargo)?,
        };
        let root = root.canonicalize().map_err(|error| format!("cannot open the root {}: {error}", root.display()))?;
        Ok(Self::at(root, cargo, std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from)))
    }

    /// The one target folder of all checks of this workspace, or a folder in it.
    pub(crate) fn target(&self, inner: &str) -> PathBuf {
        self.target.join(inner)
    }

    /// What the groups keep between runs: logs, the Python environment.
    pub(crate) fn keep(&self, name: &str) -> PathBuf {
        self.target.join("checks").join(name)
    }

    /// The cargo that started this run, in the root.
    pub(crate) fn cargo(&self) -> Command {
        self.program(&self.cargo)
    }

    /// Any program, in the root, without what `cargo run` left in the environment.
    pub(crate) fn program(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.root).env("CARGO_TERM_COLOR", "never").env("TERM", "dumb");
        for (name, _) in std::env::vars_os() {
            let Some(text) = name.to_str() else { continue };
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }

    fn at(root: PathBuf, cargo: PathBuf, target: Option<PathBuf>) -> Self {
        let target = root.join(target.unwrap_or_else(|| PathBuf::from("target")));
        Self { root, target, cargo }
    }

    #[cfg(test)]
    pub(crate) fn for_test(root: &Path) -> Self {
        Self::at(root.to_path_buf(), PathBuf::from("cargo"), None)
    }
}

fn located_by(cargo: &Path) -> Result<PathBuf, String> {
    let output = Command::new(cargo)
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .output()
        .map_err(|error| format!("cannot start {}: {error}", cargo.display()))?;
    let manifest = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    match manifest.parent() {
        Some(root) if output.status.success() => Ok(root.to_path_buf()),
        _ => Err("not inside the workspace; start it as `cargo checks`".to_owned()),
    }
}
