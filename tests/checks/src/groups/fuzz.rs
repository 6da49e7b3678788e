//! Every fuzz target: first its committed seeds, then some seconds of its own ways from there.
//!
//! The targets are plain programs around libFuzzer, built by cargo with LLVM's instruments; no other tool is needed. To
//! build with the address sanitizer, the compiler has to allow its unstable options: a nightly does, any other one with
//! `RUSTC_BOOTSTRAP=1`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::needs::answer;
use crate::run::Run;
use crate::step::Step;

/// How long each target looks for new ways.
const SECONDS: u32 = 10;

const TARGETS: &str = "fuzz/targets";

/// What cargo-fuzz hands to the compiler.
const INSTRUMENTS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Zsanitizer=address";

pub(crate) fn smoke(run: &mut Run<'_>) {
    let names = match targets(&run.workspace.root) {
        Ok(names) => names,
        Err(error) => {
            run.finding("the list of targets", Err(vec![error]));
            return;
        }
    };
    let Some(programs) = built(run) else { return };
    for name in names {
        let seeds = run.workspace.root.join("fuzz/seeds").join(&name);
        let corpus = run.workspace.keep("fuzz-corpus").join(&name);
        if let Err(error) = fs::create_dir_all(&corpus) {
            run.finding(&name, Err(vec![format!("cannot make {}: {error}", corpus.display())]));
            continue;
        }
        let program = |options: &[String], folders: &[&Path]| {
            let mut command = run.workspace.program(programs.join(&name));
            // What is found goes where the corpus is, under a name that says it.
            command.arg(format!("-artifact_prefix={}-", corpus.display())).args(options).args(folders);
            command
        };
        let replay = program(&["-runs=0".into()], &[&seeds]);
        let explore =
            program(&[format!("-max_total_time={SECONDS}"), "-print_final_stats=1".into()], &[&corpus, &seeds]);
        if run.step(Step::new(format!("{name}: the seeds"), replay)) {
            let (_, output) = run.step_with_output(Step::new(format!("{name}: {SECONDS} s of new ways"), explore));
            run.console.remark(&statistics(&output));
        }
    }
}

/// Builds all targets; gives the folder of their programs.
fn built(run: &mut Run<'_>) -> Option<PathBuf> {
    let version = answer(run.workspace.program("rustc").arg("-vV")).unwrap_or_default();
    let field = |name: &str| version.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
    let (release, host) = (field("release: "), field("host: "));
    let target = run.workspace.target("fuzz");
    let mut command = run.workspace.cargo();
    // A target that is named keeps the instruments out of build scripts.
    command.args(["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", &host, "--bins"]);
    command.env("RUSTFLAGS", format!("{INSTRUMENTS} --cfg fuzzing")).env("CARGO_TARGET_DIR", &target);
    let how = if release.contains("nightly") { "a nightly" } else { "RUSTC_BOOTSTRAP=1" };
    allow_unstable(&mut command, &release);
    let name = format!("cargo build of fuzz/, instrumented, by rustc {release} ({how})");
    run.step(Step::new(name, command)).then(|| target.join(host).join("release"))
}

fn allow_unstable(command: &mut Command, release: &str) {
    if !release.contains("nightly") {
        command.env("RUSTC_BOOTSTRAP", "1");
    }
}

/// A target is a file of its folder.
fn targets(root: &Path) -> Result<Vec<String>, String> {
    let trouble = |error: std::io::Error| format!("cannot read {TARGETS}: {error}");
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(TARGETS)).map_err(trouble)? {
        let name = entry.map_err(trouble)?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".rs").map(str::to_owned));
    }
    names.sort();
    if names.is_empty() { Err(format!("no target in {TARGETS}")) } else { Ok(names) }
}

/// What libFuzzer counted, in a line.
fn statistics(output: &str) -> String {
    let number = |name: &str| {
        let line = output.lines().find(|line| line.contains(name));
        line.and_then(|line| line.rsplit(' ').next()).unwrap_or("unknown").to_owned()
    };
    let (runs, rate) = (number("number_of_executed_units"), number("average_exec_per_sec"));
    format!("{runs} cases, {rate} a second, {} new ways", number("new_units_added"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_s_counts_are_read() {
        let output = "#5 DONE\nstat::number_of_executed_units: 1234\nstat::average_exec_per_sec:     123\n\
            stat::new_units_added:          7\n";
        assert_eq!(statistics(output), "1234 cases, 123 a second, 7 new ways");
    }

    #[test]
    fn every_target_has_its_seeds() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for name in targets(&root).expect("there are targets") {
            let seeds = fs::read_dir(root.join("fuzz/seeds").join(&name)).expect("a folder of seeds");
            assert!(seeds.count() > 0, "{name}");
        }
    }
}
