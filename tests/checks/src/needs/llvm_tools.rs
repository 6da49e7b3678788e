//! LLVM's readers of profiles, as the Rust toolchain has them.

use std::path::PathBuf;

use super::answer;
use crate::workspace::Workspace;

/// The folder of `llvm-profdata` and `llvm-cov`.
pub(crate) fn folder(workspace: &Workspace) -> Result<PathBuf, String> {
    let libraries = answer(workspace.program("rustc").args(["--print", "target-libdir"]));
    let libraries = libraries.ok_or("rustc does not answer")?;
    let folder = PathBuf::from(libraries).parent().map(|host| host.join("bin")).unwrap_or_default();
    if folder.join("llvm-cov").is_file() && folder.join("llvm-profdata").is_file() {
        Ok(folder)
    } else {
        Err("the Rust component llvm-tools is not installed".to_owned())
    }
}
