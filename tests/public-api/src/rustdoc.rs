//! Rustdoc, asked for JSON, which the toolchain in use has as an unstable option.
//!
//! The option is allowed to rustdoc alone: a variable for all of cargo would build every dependency once more.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Set when cargo starts this program in rustdoc's place.
pub(crate) const AS_RUSTDOC: &str = "GLOWBAND_AS_RUSTDOC";

/// Lets cargo document all crates of the workspace as JSON; gives the folder of the files.
pub(crate) fn written(root: &Path) -> Result<PathBuf, String> {
    let program = env::current_exe().map_err(|error| format!("where this program lies: {error}"))?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // All of them with all features, as the other checks build them: what they depend on is then built once.
    cargo.current_dir(root).args(["doc", "--quiet", "--workspace", "--lib", "--no-deps", "--all-features"]);
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            cargo.env_remove(&name);
        }
    }
    cargo.env("RUSTDOC", program).env(AS_RUSTDOC, "1");
    cargo.env("RUSTDOCFLAGS", "-Zunstable-options --output-format=json");
    let status = cargo.status().map_err(|error| format!("cannot start cargo: {error}"))?;
    if !status.success() {
        return Err(format!("cargo doc: {status}"));
    }
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    Ok(root.join(target).join("doc"))
}

/// Rustdoc with the same words, allowed what is unstable.
pub(crate) fn be() -> ExitCode {
    let status = Command::new("rustdoc").args(env::args_os().skip(1)).env("RUSTC_BOOTSTRAP", "1").status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot start rustdoc: {error}");
            ExitCode::FAILURE
        }
    }
}
