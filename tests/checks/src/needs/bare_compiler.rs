//! Two ways to build for machines without an operating system, found out here.
//!
//! The first is the toolchain in use with its targets added (`rustup target add`). Where they cannot
//! be added, the distribution's compiler builds `core` from source and the toolchain lends its linker.
//! `GLOWBAND_BARE=targets` or `GLOWBAND_BARE=source` in the environment asks for one of them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{answer, debian};
use crate::run::Run;
use crate::step::Step;
use crate::workspace::Workspace;

/// The machines that core is built for. riscv32imc has no atomic instructions, thumbv6m only loads
/// and stores; i686 is a 32-bit host, where a slip into `std` would otherwise go unnoticed.
pub(crate) const TARGETS: &[&str] = &[
    "thumbv6m-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv8m.main-none-eabi",
    "riscv32imc-unknown-none-elf",
    "riscv32imac-unknown-none-elf",
    "i686-unknown-linux-gnu",
];

const PROFILE: &[(&str, &str)] =
    &[("CODEGEN_UNITS", "16"), ("LTO", "off"), ("OPT_LEVEL", "s"), ("PANIC", "abort"), ("STRIP", "none")];

const DEBIAN: &[&str] = &["rustc-web", "cargo-web", "rust-web-src"];

pub(crate) enum BareCompiler {
    /// The toolchain in use has the targets.
    Targets,
    /// The distribution's compiler, with the folder of the toolchain's linker.
    Source { linker: PathBuf },
}

/// Which way works now.
pub(crate) fn find(workspace: &Workspace) -> Result<BareCompiler, String> {
    let asked = std::env::var("GLOWBAND_BARE").unwrap_or_default();
    if asked != "source" {
        let missing = missing_targets(workspace);
        if missing.is_empty() {
            return Ok(BareCompiler::Targets);
        }
        if asked == "targets" {
            return Err(format!("these targets are not installed: {}", missing.join(", ")));
        }
    }
    match sysroot(&mut source_command(workspace, "/usr/bin/rustc")) {
        Some(root) if root.join("lib/rustlib/src/rust/library/core").is_dir() => {
            let linker = linker_folder(workspace).ok_or_else(|| "the toolchain in use has no rust-lld".to_owned())?;
            Ok(BareCompiler::Source { linker })
        }
        _ => Err("neither the bare targets nor a compiler with the source of `core` are installed".to_owned()),
    }
}

pub(crate) fn bring(run: &mut Run<'_>) {
    let asked = std::env::var("GLOWBAND_BARE").unwrap_or_default();
    if asked != "source" {
        let missing = missing_targets(run.workspace);
        let mut rustup = run.workspace.program("rustup");
        rustup.args(["target", "add"]).args(&missing);
        let name = format!("rustup target add {}", missing.join(" "));
        // Where the server cannot be reached, some refusals take many minutes.
        if run.bring(Step::new(name, rustup).within(Duration::from_secs(60))) || asked == "targets" {
            return;
        }
        run.console.remark("setup: the targets cannot be added here; the distribution's compiler instead");
    }
    if find(run.workspace).is_err() {
        debian::install(run, DEBIAN);
    }
}

/// Whether `bring` has nothing to do: the targets are the better way, as they are built already.
pub(crate) fn brought(workspace: &Workspace) -> bool {
    let settled = std::env::var("GLOWBAND_BARE").is_ok_and(|asked| asked == "source");
    find(workspace).is_ok_and(|way| settled || matches!(way, BareCompiler::Targets))
}

impl BareCompiler {
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Targets => "built by the toolchain in use, with its installed targets",
            Self::Source { .. } => {
                "built by the distribution's compiler with -Zbuild-std=core: there is no alloc or std to link"
            }
        }
    }

    /// A cargo for the bare targets. What it builds lies in target/bare.
    pub(crate) fn cargo(&self, workspace: &Workspace) -> Command {
        let mut command = self.plain_cargo(workspace);
        command.env("CARGO_TARGET_DIR", workspace.target("bare"));
        // A verdict is wanted, not the product's whole-program optimisation. The same settings for
        // everything that is built here: what several builds depend on is then built once.
        for (name, value) in PROFILE {
            command.env(format!("CARGO_PROFILE_RELEASE_{name}"), value);
        }
        command
    }

    /// A cargo for the bare targets, with the settings of the manifest that it is given.
    pub(crate) fn plain_cargo(&self, workspace: &Workspace) -> Command {
        match self {
            Self::Targets => workspace.cargo(),
            Self::Source { linker } => {
                let mut command = source_command(workspace, "/usr/bin/cargo");
                command.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
                command.env("PATH", path_with(linker));
                command
            }
        }
    }

    /// More words for `cargo build`.
    pub(crate) fn words(&self) -> &'static [&'static str] {
        match self {
            Self::Targets => &[],
            Self::Source { .. } => &["-Zbuild-std=core"],
        }
    }

    /// The compiler itself, with its unstable questions allowed.
    pub(crate) fn rustc(&self, workspace: &Workspace) -> Command {
        let mut command = match self {
            Self::Targets => workspace.program("rustc"),
            Self::Source { .. } => source_command(workspace, "/usr/bin/rustc"),
        };
        command.env("RUSTC_BOOTSTRAP", "1");
        command
    }
}

fn missing_targets(workspace: &Workspace) -> Vec<&'static str> {
    let Some(root) = sysroot(&mut workspace.program("rustc")) else {
        return TARGETS.to_vec();
    };
    let has_core = |target: &str| {
        std::fs::read_dir(root.join("lib/rustlib").join(target).join("lib"))
            .is_ok_and(|files| files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
    };
    TARGETS.iter().copied().filter(|target| !has_core(target)).collect()
}

/// A program of the distribution, free of what the toolchain in use put into the environment.
fn source_command(workspace: &Workspace, program: &str) -> Command {
    let mut command = workspace.program(program);
    for name in ["RUSTUP_TOOLCHAIN", "CARGO", "RUSTC", "RUSTDOC", "RUSTC_WRAPPER", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command
}

fn sysroot(rustc: &mut Command) -> Option<PathBuf> {
    answer(rustc.args(["--print", "sysroot"])).map(PathBuf::from)
}

/// The folder of the toolchain's own linker, for targets that the distribution has none for.
fn linker_folder(workspace: &Workspace) -> Option<PathBuf> {
    let root = sysroot(&mut workspace.program("rustc"))?;
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let folder = root.join("lib/rustlib").join(host).join("bin");
    folder.join("rust-lld").is_file().then_some(folder)
}

fn path_with(folder: &Path) -> OsString {
    let mut path = OsString::from("/usr/bin:/bin:");
    path.push(folder);
    path
}
