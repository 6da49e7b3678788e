//! What groups need of the system, how to see whether it is there, and how to bring it.

pub(crate) mod bare_compiler;
pub(crate) mod cargo_tool;
pub(crate) mod debian;
pub(crate) mod llvm_tools;
pub(crate) mod node;
pub(crate) mod postgres;
pub(crate) mod python;
mod rust;

use std::process::{Command, Stdio};

use crate::run::Run;
use crate::step::Step;
use crate::workspace::Workspace;

/// One thing that must be there before a group can run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// A program on the path, and the Debian package that has it.
    Program { name: &'static str, package: &'static str },
    /// The same for a program that must not be started to see whether it is there: it would open a window, or never end.
    Installed { name: &'static str, package: &'static str },
    /// A library for other programs to be built with, as pkg-config knows it, and the Debian package that has it.
    Library { name: &'static str, package: &'static str },
    /// `llvm-profdata` and `llvm-cov` of the Rust toolchain in use: no others read what its programs write.
    LlvmTools,
    /// A program that cargo builds from crates.io, of exactly this version; it lies in target/tools.
    CargoTool { name: &'static str, version: &'static str },
    /// A component of the Rust toolchain in use.
    RustComponent(&'static str),
    /// The standard library of another machine, for the Rust toolchain in use.
    RustTarget(&'static str),
    /// Another version of the Rust toolchain.
    RustToolchain(&'static str),
    /// A file outside the tree, and the Debian package that has it.
    File { path: &'static str, package: &'static str },
    /// The processor of the machine that runs the checks.
    Machine(&'static str),
    /// A private Python with the packages of `tests/PART/requirements.txt`.
    PythonPackages(&'static str),
    /// The packages that this folder, seen from the root, locks in its package-lock.json.
    NodePackages(&'static str),
    /// A way to build for machines without an operating system.
    BareCompiler,
    /// The programs of a PostgreSQL server.
    Postgres,
}

/// Why a group cannot run.
#[derive(Debug)]
pub(crate) enum Missing {
    /// Something that can be installed.
    Part(String),
    /// Something that this machine can never have.
    Machine(String),
    /// Something that setup cannot bring: a network, a compiler that writes another format.
    Beyond(String),
}

impl Need {
    pub(crate) fn there(self, workspace: &Workspace) -> Result<(), Missing> {
        match self {
            Self::Program { name, .. } if starts(name) => Ok(()),
            Self::Program { name, .. } => Err(Missing::Part(format!("{name} is not installed"))),
            Self::Library { name, .. } if answers(Command::new("pkg-config").args(["--exists", name])) => Ok(()),
            Self::Library { name, .. } => Err(Missing::Part(format!("the library {name} is not installed"))),
            Self::Installed { name, .. } if on_path(name) => Ok(()),
            Self::Installed { name, .. } => Err(Missing::Part(format!("{name} is not installed"))),
            Self::RustComponent(name) => {
                let mut probe = workspace.cargo();
                probe.args([subcommand(name), "--version"]);
                if answers(&mut probe) {
                    return Ok(());
                }
                Err(Missing::Part(format!("the Rust component {name} is not installed")))
            }
            Self::RustTarget(name) => rust::target(workspace, name),
            Self::RustToolchain(version) => rust::toolchain(workspace, version),
            Self::File { path, .. } if std::path::Path::new(path).is_file() => Ok(()),
            Self::File { path, package } => {
                Err(Missing::Part(format!("{path} of the package {package} is not installed")))
            }
            Self::LlvmTools => llvm_tools::folder(workspace).map(drop).map_err(Missing::Part),
            Self::CargoTool { name, version } => cargo_tool::there(workspace, name, version).map_err(Missing::Part),
            Self::Machine(wanted) if std::env::consts::ARCH == wanted => Ok(()),
            Self::Machine(wanted) => {
                Err(Missing::Machine(format!("needs an {wanted} processor, this one is {}", std::env::consts::ARCH)))
            }
            Self::PythonPackages(part) => python::there(workspace, part).map_err(Missing::Part),
            Self::NodePackages(folder) => node::there(workspace, folder).map_err(Missing::Part),
            Self::BareCompiler => bare_compiler::find(workspace).map(drop).map_err(Missing::Part),
            Self::Postgres => postgres::there().map_err(Missing::Part),
        }
    }

    /// Whether setup has nothing to do for it; a need may be met, and still be met better.
    pub(crate) fn settled(self, workspace: &Workspace) -> bool {
        match self {
            Self::BareCompiler => bare_compiler::brought(workspace),
            _ => self.there(workspace).is_ok(),
        }
    }

    /// Brings it, saying so. Whether that worked is for [`Need::there`] to say.
    pub(crate) fn bring(self, run: &mut Run<'_>) {
        match self {
            Self::Program { package, .. }
            | Self::Installed { package, .. }
            | Self::Library { package, .. }
            | Self::File { package, .. } => {
                debian::install(run, &[package]);
            }
            Self::RustComponent(name) => component(run, name),
            Self::RustTarget(name) => rust::bring_target(run, name),
            Self::RustToolchain(version) => rust::bring_toolchain(run, version),
            Self::LlvmTools => component(run, "llvm-tools"),
            Self::CargoTool { name, version } => cargo_tool::bring(run, name, version),
            Self::Machine(_) => {}
            Self::PythonPackages(part) => python::bring(run, part),
            Self::NodePackages(folder) => node::bring(run, folder),
            Self::BareCompiler => bare_compiler::bring(run),
            Self::Postgres => postgres::bring(run),
        }
    }
}

fn component(run: &mut Run<'_>, name: &str) {
    let mut rustup = run.workspace.program("rustup");
    rustup.args(["component", "add", name]);
    run.bring(Step::new(format!("rustup component add {name}"), rustup));
}

/// Asked for its version, so that it ends at once; some programs know that option under another name, and wrk ends in 1.
fn starts(program: &str) -> bool {
    let mut probe = Command::new(program);
    probe.arg("-v").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    probe.status().is_ok()
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// True when the command starts and ends well; what it prints is thrown away.
pub(crate) fn answers(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What the command prints, when it ends well.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn subcommand(component: &'static str) -> &'static str {
    if component == "rustfmt" { "fmt" } else { component }
}
