//! The door: its tests on the host, its images under an emulator, what they cost.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::chips;
use super::figures::{self, Figures};
use crate::elf;
use crate::needs::answer;
use crate::needs::bare_compiler::{self, BareCompiler};
use crate::run::Run;
use crate::stack_bound;
use crate::step::{Judge, Step};

const MANIFEST: &str = "firmware-example/Cargo.toml";
const BOARD: &[&str] = &["--package", "door-board-stm32f4"];
const TARGET: &str = "thumbv7em-none-eabihf";

/// How a line begins in which a test says what it counted.
const COUNTED: &str = "counted: ";

pub(crate) fn check(run: &mut Run<'_>) {
    on_the_host(run);
    let compiler = match bare_compiler::find(run.workspace) {
        Ok(compiler) => compiler,
        Err(reason) => {
            run.finding("a compiler for bare machines", Err(vec![reason]));
            return;
        }
    };
    run.console.remark(compiler.describe());
    no_panic(run, &compiler);
    if matches!(compiler, BareCompiler::Targets) {
        for features in ["", "pll", "qemu"] {
            bare(run, &compiler, "clippy", &[BOARD, &["--features", features, "--", "--deny", "warnings"]].concat());
        }
    }
    bare(run, &compiler, "build", &[BOARD, &["--no-default-features"]].concat());
    if bare(run, &compiler, "build", &[BOARD, &["--features", "qemu"]].concat()) {
        emulated(run);
    }
    chips::check(run, &compiler);
    if let Some(reached) = measured(run, &compiler) {
        // Another compiler writes other code; the figures are those of the toolchain in use.
        let judged = matches!(compiler, BareCompiler::Targets);
        figures::judge(run, &reached, judged);
    }
}

fn on_the_host(run: &mut Run<'_>) {
    for words in [
        "test --manifest-path firmware-example/Cargo.toml --no-fail-fast",
        "clippy --manifest-path firmware-example/Cargo.toml --all-targets -- --deny warnings",
        "clippy --manifest-path firmware-example/Cargo.toml --no-default-features -- --deny warnings",
    ] {
        let mut command = run.workspace.cargo();
        command.args(words.split(' ')).env("CARGO_TARGET_DIR", run.workspace.target("firmware"));
        let judge = if words.starts_with("test") { Judge::Tests } else { Judge::Status };
        run.step(Step::new(format!("cargo {words}"), command).judged(judge));
    }
}

/// `cargo VERB --release` for the chip.
fn command(run: &Run<'_>, compiler: &BareCompiler, verb: &str, words: &[&str]) -> Command {
    let mut command = compiler.plain_cargo(run.workspace);
    command.args([verb, "--release", "--manifest-path", MANIFEST, "--target", TARGET]);
    command.args(compiler.words()).args(words).env("CARGO_TARGET_DIR", run.workspace.target("firmware"));
    command
}

fn bare(run: &mut Run<'_>, compiler: &BareCompiler, verb: &str, words: &[&str]) -> bool {
    let command = command(run, compiler, verb, words);
    run.step(Step::new(format!("cargo {verb} {}", words.join(" ")), command))
}

/// A panic that could be reached would be a symbol that is nowhere.
fn no_panic(run: &mut Run<'_>, compiler: &BareCompiler) {
    for (features, name, judge) in [
        ("no-panic", "an HS256 verifier links without any panic", Judge::Status),
        ("no-panic,es256", "an HS256 and ES256 verifier links without any panic", Judge::Status),
        ("no-panic,control", "one with a panic in it does not", Judge::Exactly(101)),
    ] {
        let words = ["--package", "door-measure", "--bin", "verifier", "--features", features];
        let command = command(run, compiler, "build", &words);
        run.step(Step::new(name, command).judged(judge));
    }
}

fn images(run: &Run<'_>) -> PathBuf {
    run.workspace.target("firmware").join(TARGET).join("release")
}

fn emulated(run: &mut Run<'_>) {
    // What the story types is built here, where its time shows, and not within the test.
    let line = "cargo build --workspace --all-features --bin glowband";
    if !run.command_line_with_output(line, &[]).0 {
        return;
    }
    let variables = [("GLOWBAND_FIRMWARE", images(run).display().to_string())];
    let line = "cargo test --workspace --all-features --test suite -- firmware:: --nocapture --test-threads=1";
    let (_, output) = run.command_line_with_output(line, &variables);
    for counts in output.lines().filter_map(|line| line.split_once(COUNTED)).map(|(_, counts)| counts) {
        run.console.remark(counts);
    }
}

/// What a path can take of the stack, whatever token leads there: beside what paint shows that one has taken.
fn bounds(run: &mut Run<'_>, reached: &mut Figures, features: &str) {
    let mut objdump = run.workspace.program("arm-none-eabi-objdump");
    objdump.args(["-d", "-s", "-j", ".text", "-j", ".rodata"]).arg(images(run).join("verifier"));
    let listing = answer(&mut objdump).unwrap_or_default();
    let roots: &[_] = match features {
        "" => &[("hs256 token", "paths5hs25617h")],
        _ => &[("es256 token", "paths5es25617h"), ("es256 prepare", "Tables7prepare17h")],
    };
    for (path, root) in roots {
        let bound = stack_bound::of(&listing, root);
        if let Ok(bound) = bound {
            reached.note(&format!("{path}: stack bound"), bound);
        }
        let found = bound.map(|bound| format!("{bound} bytes")).map_err(|reason| vec![reason]);
        run.finding(&format!("{path}: the stack has a bound"), found);
    }
}

/// Builds what is measured, runs it with the counter, reads the images.
fn measured(run: &mut Run<'_>, compiler: &BareCompiler) -> Option<Figures> {
    let counter = run.workspace.target("firmware").join("count.so");
    let mut gcc = run.workspace.program("gcc");
    gcc.args(["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&counter);
    gcc.arg("firmware-example/measure/plugin/count.c");
    if !run.step(Step::new("the counter of instructions builds", gcc)) {
        return None;
    }
    let mut reached = Figures::default();
    let read = |name: &str| {
        let path = images(run).join(name);
        let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()));
        bytes.and_then(|bytes| elf::read(&bytes))
    };
    if let Ok(door) = read("door") {
        reached.note("door image: flash", door.read_only);
        reached.note("door image: static RAM", door.writable);
    }
    for features in ["", "es256"] {
        if !bare(run, compiler, "build", &["--package", "door-measure", "--features", features]) {
            return None;
        }
        let name = if features.is_empty() { "hs256" } else { "hs256 and es256" };
        let read = |name: &str| elf::read(&std::fs::read(images(run).join(name)).ok()?).ok();
        let (empty, verifier) = (read("empty")?, read("verifier")?);
        reached.note(&format!("{name}: flash"), verifier.read_only.saturating_sub(empty.read_only));
        if features.is_empty() {
            reached.note("hs256: static RAM", verifier.writable);
        }
        bounds(run, &mut reached, features);
        for image in ["instructions", "stack"] {
            let mut qemu = run.workspace.program("qemu-system-arm");
            qemu.args(["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-serial", "none"]);
            qemu.args(["-semihosting-config", "enable=on,target=native", "-plugin"]).arg(&counter);
            qemu.arg("-kernel").arg(images(run).join(image));
            let step = Step::new(format!("{name}: {image}"), qemu).within(Duration::from_secs(60));
            let (good, output) = run.step_with_output(step);
            if !good {
                return None;
            }
            // The small image for HS256 alone, as a device without ES256 would have it.
            let wanted = if features.is_empty() { "hs256" } else { "es256" };
            reached.read(&output, wanted);
        }
    }
    Some(reached)
}
