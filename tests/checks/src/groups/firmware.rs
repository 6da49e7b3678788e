//! The door: its tests on the host, its images under an emulator, what they cost.

use std::path::PathBuf;
use std::process::Command;

use super::{chips, figures, measured};
use crate::needs::bare_compiler::{self, BareCompiler};
use crate::run::Run;
use crate::step::{Step, Success};

const MANIFEST: &str = "firmware-example/Cargo.toml";
const BOARD: &[&str] = &["--package", "door-board-stm32f4"];
const TARGET: &str = "thumbv7em-none-eabihf";

/// How a line begins in which a test says what it counted.
const COUNTED: &str = "counted: ";
/// The same for what the story sends and receives.
const TOLD: &str = "told: ";

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
    if matches!(compiler, BareCompiler::Targets) {
        for features in ["", "pll", "qemu,umaal", "qemu,defmt"] {
            bare(run, &compiler, "clippy", &[BOARD, &["--features", features, "--", "--deny", "warnings"]].concat());
        }
        bare(run, &compiler, "clippy", &[BOARD, &["--no-default-features", "--", "--deny", "warnings"]].concat());
    }
    if door_with_log(run, &compiler) && door(run, &compiler) {
        let line = "cargo test --workspace --all-features --test suite -- firmware:: --nocapture --test-threads=1";
        tell(run, line);
    }
    chips::check(run, &compiler);
    table(run, &compiler);
}

/// The story alone, told as it happens, and what it costs.
pub(crate) fn demonstrate(run: &mut Run<'_>) {
    let compiler = match bare_compiler::find(run.workspace) {
        Ok(compiler) => compiler,
        Err(reason) => {
            run.finding("a compiler for bare machines", Err(vec![reason]));
            return;
        }
    };
    if door(run, &compiler) {
        let line = "cargo test --workspace --all-features --test suite -- firmware::story --nocapture";
        let output = tell(run, line);
        for told in output.lines().filter_map(|line| line.split_once(TOLD)).map(|(_, told)| told) {
            run.console.remark(told);
        }
    }
    table(run, &compiler);
}

fn table(run: &mut Run<'_>, compiler: &BareCompiler) {
    if let Some(reached) = measured::all(run, compiler) {
        // Another compiler writes other code; the figures are those of the toolchain in use.
        let compared = matches!(compiler, BareCompiler::Targets);
        figures::report(run, &reached, compared);
    }
}

/// The image that the story runs on, and the command at the other end of its line.
fn door(run: &mut Run<'_>, compiler: &BareCompiler) -> bool {
    bare(run, compiler, "build", &[BOARD, &["--features", "qemu"]].concat())
        // What the story types is built here, where its time shows, and not within the test.
        && run.command_line("cargo build --workspace --all-features --bin glowband")
}

/// The image with log lines, beside the other, and the program that makes text of them.
fn door_with_log(run: &mut Run<'_>, compiler: &BareCompiler) -> bool {
    let line = "build --manifest-path firmware-example/Cargo.toml --package door-log-lines";
    let mut decoder = run.workspace.cargo();
    decoder.args(line.split(' ')).env("CARGO_TARGET_DIR", run.workspace.target("firmware"));
    let words = ["--bin", "door", "--features", "qemu,defmt"];
    if !run.step(Step::new(format!("cargo {line}"), decoder))
        || !bare(run, compiler, "build", &[BOARD, &words].concat())
    {
        return false;
    }
    let (decoder, images) = (run.workspace.target("firmware").join("debug/log-lines"), images(run));
    let kept = std::fs::copy(images.join("door"), images.join("door-with-log"))
        .and_then(|_| std::fs::copy(decoder, images.join("log-lines")));
    kept.is_ok() || run.finding("the image with log lines is kept", Err(vec![format!("{kept:?}")]))
}

/// Runs tests on the images; shows what they counted.
fn tell(run: &mut Run<'_>, line: &str) -> String {
    let variables = [("GLOWBAND_FIRMWARE", images(run).display().to_string())];
    let (_, output) = run.command_line_with_output(line, &variables);
    for counts in output.lines().filter_map(|line| line.split_once(COUNTED)).map(|(_, counts)| counts) {
        run.console.remark(counts);
    }
    output
}

fn on_the_host(run: &mut Run<'_>) {
    for words in [
        "test --manifest-path firmware-example/Cargo.toml --no-fail-fast",
        "clippy --manifest-path firmware-example/Cargo.toml --all-targets -- --deny warnings",
        "clippy --manifest-path firmware-example/Cargo.toml --no-default-features -- --deny warnings",
    ] {
        let mut command = run.workspace.cargo();
        command.args(words.split(' ')).env("CARGO_TARGET_DIR", run.workspace.target("firmware"));
        let success = if words.starts_with("test") { Success::Tests } else { Success::Status };
        run.step(Step::new(format!("cargo {words}"), command).success(success));
    }
}

/// `cargo VERB --release` for the chip.
pub(super) fn command(run: &Run<'_>, compiler: &BareCompiler, verb: &str, words: &[&str]) -> Command {
    let mut command = compiler.plain_cargo(run.workspace);
    command.args([verb, "--release", "--manifest-path", MANIFEST, "--target", TARGET]);
    command.args(compiler.words()).args(words).env("CARGO_TARGET_DIR", run.workspace.target("firmware"));
    // For all of them, so that nothing is built twice; it counts where the feature `defmt` is on.
    command.env("DEFMT_LOG", "info");
    command
}

pub(super) fn bare(run: &mut Run<'_>, compiler: &BareCompiler, verb: &str, words: &[&str]) -> bool {
    let command = command(run, compiler, verb, words);
    run.step(Step::new(format!("cargo {verb} {}", words.join(" ")), command))
}

pub(super) fn images(run: &Run<'_>) -> PathBuf {
    run.workspace.target("firmware").join(TARGET).join("release")
}
