//! How the targets are built: by plain cargo, with the instruments that cargo-fuzz would ask for.
//!
//! LLVM's coverage instruments are stable options of the compiler, so any toolchain will do.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::needs::answer;
use crate::run::Run;
use crate::step::Step;

/// What cargo-fuzz hands to the compiler, but for the sanitizer.
const COUNTERS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Instruments {
    /// For libFuzzer.
    Counters,
    /// For llvm-cov; no engine.
    Lines,
}

impl Instruments {
    pub(super) fn flags(self) -> String {
        match self {
            Self::Counters => COUNTERS.to_owned(),
            Self::Lines => "-Cinstrument-coverage --cfg fuzzing".to_owned(),
        }
    }

    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Counters => "fuzz",
            Self::Lines => "fuzz-lines",
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Counters => "with coverage counters",
            Self::Lines => "to see the lines it reaches",
        }
    }
}

/// What is built with cargo, as its words say, from the manifest of a tree; gives the folder of the programs.
pub(super) fn build(run: &mut Run<'_>, tree: &Path, instruments: Instruments, what: &[&str]) -> Option<PathBuf> {
    let (name, command, folder) = command(run, tree, instruments, what);
    run.step(Step::new(name, command)).then_some(folder)
}

fn command(run: &Run<'_>, tree: &Path, instruments: Instruments, what: &[&str]) -> (String, Command, PathBuf) {
    let version = answer(run.workspace.program("rustc").arg("-vV")).unwrap_or_default();
    let field = |name: &str| version.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
    let (release, host) = (field("release: "), field("host: "));
    let target = run.workspace.target(instruments.folder());
    let mut command = run.workspace.cargo();
    // A target that is named keeps the instruments out of build scripts.
    command.args(["build", "--release", "--locked", "--target", &host]).args(what);
    command.arg("--manifest-path").arg(tree.join("fuzz/Cargo.toml"));
    command.env("RUSTFLAGS", instruments.flags()).env("CARGO_TARGET_DIR", &target);
    let folder = target.join(&host).join("release");
    (format!("cargo build of fuzz/, {}, by rustc {release}", instruments.in_words()), command, folder)
}
