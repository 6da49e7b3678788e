//! Another engine around the same targets: AFL++, which mutates in its own ways.

use std::fs;
use std::path::{Path, PathBuf};

use super::engine::make_folders;
use super::instruments::{Instruments, build};
use super::target_list::{self, Target, count};
use crate::run::Run;
use crate::step::Step;

const MINUTES: u32 = 5;

/// Nothing here takes a hundredth of it; AFL++'s own guess is shorter than a panic on a busy machine.
const MILLISECONDS_FOR_ONE_INPUT: &str = "5000";

/// The target that is taken when none is named.
const TARGET: &str = "json";

/// What AFL++ asks of the machine, or shows, that a check does without.
const VARIABLES: &[(&str, &str)] = &[
    ("AFL_NO_UI", "1"),
    ("AFL_NO_AFFINITY", "1"),
    ("AFL_SKIP_CPUFREQ", "1"),
    ("AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES", "1"),
    // A panic that looks up names for its backtrace takes so long that it passes for a hang.
    ("RUST_BACKTRACE", "0"),
];

pub(crate) fn afl(run: &mut Run<'_>) {
    let Some(mut targets) = target_list::wished(run) else { return };
    if run.wishes.targets.is_empty() {
        targets.retain(|target| target.name == TARGET);
    }
    let minutes = run.wishes.minutes.unwrap_or(MINUTES);
    let seconds = (u64::from(minutes) * 60 / targets.len() as u64).max(1);
    let root = run.workspace.root.clone();
    let mut what: Vec<&str> = targets.iter().flat_map(|target| ["--bin", target.name.as_str()]).collect();
    if targets.iter().any(|target| target.name == "differential") {
        what.extend(["--features", "peers"]);
    }
    let Some(programs) = build(run, &root, Instruments::Afl, &what) else { return };
    for target in &targets {
        let found = explored(run, &programs, target, seconds);
        run.finding(&target.name, found);
    }
}

/// Runs a target for some seconds from its committed seeds; a few words on what came of it.
fn explored(run: &mut Run<'_>, programs: &Path, target: &Target, seconds: u64) -> Result<String, Vec<String>> {
    let trouble = |error: String| vec![error];
    let folder = run.workspace.keep("fuzz-afl").join(&target.name);
    let _ = fs::remove_dir_all(&folder);
    make_folders(&[folder.clone(), target.artifacts()]).map_err(trouble)?;
    let mut command = run.workspace.program("afl-fuzz");
    command
        .args(["-t", MILLISECONDS_FOR_ONE_INPUT, "-i"])
        .arg(target.seeds())
        .arg("-o")
        .arg(&folder)
        .args(["-V", &seconds.to_string()]);
    if let Some(words) = target.dictionary() {
        command.arg("-x").arg(words);
    }
    command.arg("--").arg(programs.join(&target.name)).envs(VARIABLES.iter().copied());
    let name = format!("{} by AFL++ for {seconds} s", target.name);
    let outcome = Step::new(name, command).run(&folder.join("afl-fuzz.log"));
    let statistics = fs::read_to_string(folder.join("default/fuzzer_stats")).unwrap_or_default();
    let Some(counts) = Counts::read(&statistics) else {
        let said: Vec<&str> = outcome.output.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = said[said.len().saturating_sub(12)..].iter().map(|line| (*line).to_owned());
        return Err(std::iter::once(outcome.note).chain(last).collect());
    };
    if let Some(seed) = outcome.output.lines().find(|line| line.contains("results in a crash")) {
        return Err(vec![seed.to_owned()]);
    }
    let kept = [kept(&folder, "crashes", target), kept(&folder, "hangs", target)].concat();
    if kept.is_empty() && counts.executions > 0 {
        Ok(format!("{} seeds, {counts}, nothing found", count(&target.seeds())))
    } else {
        let mut bad = vec![counts.to_string()];
        bad.extend(kept.iter().map(|path| format!("found: {}", path.display())));
        bad.push("`cargo checks fuzz-keep` makes what failed small, and a seed".to_owned());
        Err(bad)
    }
}

/// Inputs that it saved, by their copies where the other engine's finds lie, so that they are replayed and kept alike.
fn kept(folder: &Path, what: &str, target: &Target) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("default").join(what)).map(|entries| entries.flatten().collect::<Vec<_>>());
    let found = entries.unwrap_or_default().into_iter().filter_map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix("id:")?.split(',').next()?.to_owned();
        let copy = target.artifacts().join(format!("afl-{what}-{number}"));
        fs::copy(entry.path(), &copy).ok().map(|_| copy)
    });
    found.collect()
}

/// What AFL++ writes about a run.
#[derive(Debug, PartialEq, Eq)]
struct Counts {
    executions: u64,
    per_second: u64,
    corpus: u64,
    edges: u64,
}

impl Counts {
    fn read(statistics: &str) -> Option<Self> {
        let number = |name: &str| {
            let line = statistics.lines().find(|line| line.split(':').next().is_some_and(|key| key.trim() == name))?;
            line.split_once(':')?.1.trim().split('.').next()?.parse().ok()
        };
        Some(Self {
            executions: number("execs_done")?,
            per_second: number("execs_per_sec")?,
            corpus: number("corpus_count")?,
            edges: number("edges_found")?,
        })
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { executions, per_second, corpus, edges } = self;
        write!(out, "{executions} executions, {per_second} a second, corpus {corpus}, {edges} edges")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_s_statistics_are_read() {
        let statistics = "start_time        : 1\nexecs_done        : 51234\nexecs_per_sec     : 853.90\n\
            execs_ps_last_min : 7.00\ncorpus_count      : 99\nedges_found       : 640\ntotal_edges       : 1000\n";
        let counts = Counts::read(statistics).expect("counts");
        assert_eq!(counts, Counts { executions: 51_234, per_second: 853, corpus: 99, edges: 640 });
        assert_eq!(Counts::read("start_time : 1\n"), None);
    }
}
