//! How the targets are built: by plain cargo, with the instruments that cargo-fuzz would ask for.
//!
//! LLVM's coverage instruments are stable options of the compiler, so any toolchain will do; the sanitizer is not one.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::needs::answer;
use crate::run::Run;
use crate::step::Step;

/// What libFuzzer goes by: how often each edge was taken.
const COUNTERS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table";

/// And what it takes into its inputs: both sides of comparisons. With it, flags are cargo-fuzz's, but for the sanitizer.
const COMPARISONS: &str = "-Cllvm-args=-sanitizer-coverage-trace-compares";

/// AFL++'s own part of a program and its `main` around a libFuzzer target, where Debian's package has them.
const AFL_RUNTIME: &str = "/usr/lib/afl/afl-compiler-rt.o";
const AFL_DRIVER: &str = "/usr/lib/afl/libAFLDriver.a";

/// What AFL++'s runtime counts by.
const AFL_GUARDS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=3 \
    -Cllvm-args=-sanitizer-coverage-trace-pc-guard";

/// What every engine's build has in common.
const TARGETS: &str = "-Ccodegen-units=1 --cfg fuzzing";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Instruments {
    /// For libFuzzer.
    Counters,
    /// For libFuzzer, which does not see what is compared: more executions, of inputs less clever.
    CountersAlone,
    /// For libFuzzer, with every access to memory watched.
    Addresses,
    /// For AFL++: another engine around the same target.
    Afl,
    /// For llvm-cov; no engine.
    Lines,
}

impl Instruments {
    pub(super) fn flags(self) -> String {
        match self {
            Self::Counters => format!("{COUNTERS} {COMPARISONS} {TARGETS}"),
            Self::CountersAlone => format!("{COUNTERS} {TARGETS}"),
            Self::Addresses => format!("{COUNTERS} {COMPARISONS} {TARGETS} -Zsanitizer=address"),
            Self::Afl => format!("{AFL_GUARDS} {TARGETS} -Clink-arg={AFL_RUNTIME}"),
            Self::Lines => "-Cinstrument-coverage --cfg fuzzing".to_owned(),
        }
    }

    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Counters => "fuzz",
            Self::CountersAlone => "fuzz-alone",
            Self::Addresses => "fuzz-addresses",
            Self::Afl => "fuzz-afl",
            Self::Lines => "fuzz-lines",
        }
    }

    /// What cargo is told besides.
    fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Counters | Self::CountersAlone | Self::Lines => &[],
            // The sanitizer is an unstable option, which stable compilers have as well.
            Self::Addresses => &[("RUSTC_BOOTSTRAP", "1")],
            // `libfuzzer-sys` links that instead of libFuzzer; the targets stay as they are.
            Self::Afl => &[("CUSTOM_LIBFUZZER_PATH", AFL_DRIVER)],
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Counters => "with coverage counters",
            Self::CountersAlone => "with coverage counters alone",
            Self::Addresses => "with coverage counters and the address sanitizer",
            Self::Afl => "for AFL++",
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
    command.envs(instruments.variables().iter().copied());
    let folder = target.join(&host).join("release");
    (format!("cargo build of fuzz/, {}, by rustc {release}", instruments.in_words()), command, folder)
}
