//! The command as it is installed: a static program that serves from an empty folder, and a Debian package with it.

mod debian_package;
mod dockerfile;
mod empty_root;

use std::io;
use std::path::{Path, PathBuf};

use crate::needs::Need;
use crate::run::Run;
use crate::step::Step;
use dockerfile::Dockerfile;

pub(crate) const NEEDS: &[Need] = &[
    Need::Machine("x86_64"),
    Need::RustTarget(TARGET),
    Need::Program { name: "musl-gcc", package: "musl-tools" },
    Need::Program { name: "unshare", package: "util-linux" },
    Need::Program { name: "dpkg-deb", package: "dpkg" },
];

const TARGET: &str = "x86_64-unknown-linux-musl";
const DOCKERFILE: &str = "host-adapters/cli/Dockerfile";

pub(crate) fn check(run: &mut Run<'_>) {
    let dockerfile = match dockerfile::read(&run.workspace.root.join(DOCKERFILE)) {
        Ok(dockerfile) => dockerfile,
        Err(reason) => {
            run.finding(DOCKERFILE, Err(vec![reason]));
            return;
        }
    };
    let Some(program) = built(run, &dockerfile) else { return };
    run.finding("the static program serves from an empty folder, as an unprivileged user", {
        empty_root::serves(run.workspace, &program, &dockerfile)
    });
    debian_package::check(run, &program);
}

/// Builds the program by the command of the Dockerfile.
fn built(run: &mut Run<'_>, dockerfile: &Dockerfile) -> Option<PathBuf> {
    let words = dockerfile.build_words(TARGET);
    let mut cargo = run.workspace.cargo();
    cargo.args(&words);
    if !run.step(Step::new(format!("cargo {}", words.join(" ")), cargo)) {
        return None;
    }
    let program = run.workspace.target(TARGET).join("dist/glowband");
    let size = std::fs::metadata(&program).map(|about| format!("{} KiB", about.len().div_ceil(1024)));
    run.finding("the size of the program", size.map_err(|error| vec![format!("{}: {error}", program.display())]));
    program.is_file().then_some(program)
}

/// Sets the permissions of a file.
#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Reads the permissions of a file.
#[cfg(unix)]
fn mode(path: &Path) -> io::Result<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode(_: &Path) -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}
