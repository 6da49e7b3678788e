//! Minutes of all targets; then the corpora made small, and a table of what came of it.

use std::fs;
use std::path::{Path, PathBuf};

use super::engine::{self, Job, Outcome};
use super::instruments::{Instruments, build};
use super::target_list::{self, Target, count};
use super::{coverage, engine::run_all, lines};
use crate::console::Console;
use crate::run::Run;

/// How long each target looks for new ways in a run of all checks.
const SMOKE_SECONDS: u64 = 5;
const MINUTES: u32 = 5;
/// From here on it pays to build the targets a second time, so that most of the campaign is quicker.
const MINUTES_OF_A_LONG_ONE: u32 = 20;

/// A part of a campaign: all targets, built in one way, each for as long.
pub(super) struct Leg<'p> {
    /// What its logs are called by.
    pub(super) name: &'static str,
    pub(super) programs: &'p Path,
    pub(super) seconds: u64,
}

/// The committed seeds, and some seconds from there.
pub(crate) fn smoke(run: &mut Run<'_>) {
    let Some(targets) = target_list::without_peers(run) else { return };
    let root = run.workspace.root.clone();
    let Some(programs) = build(run, &root, Instruments::Counters, &["--bins"]) else { return };
    let new_ways = run.workspace.keep("fuzz-corpus");
    let corpus = |target: &Target| new_ways.join(&target.name);
    let leg = Leg { name: "explore", programs: &programs, seconds: SMOKE_SECONDS };
    let Some(outcomes) = explored(run, &leg, &targets, &corpus, &|_, _| {}) else { return };
    for outcome in &outcomes {
        let counts = outcome.counts;
        let (seeds, executions) = (count(&outcome.target.seeds()), counts.executions);
        let summary = format!("{seeds} seeds, {executions} executions, {} edges", counts.edges);
        report(run, outcome, summary);
    }
    remark_total(run, &outcomes);
}

/// The campaign that the caller asks for.
pub(crate) fn campaign(run: &mut Run<'_>) {
    let Some(targets) = target_list::wished(run) else { return };
    let root = run.workspace.root.clone();
    let minutes = run.wishes.minutes.unwrap_or(MINUTES);
    let all_targets = ["--bins", "--features", "peers"];
    let Some(programs) = build(run, &root, Instruments::Counters, &all_targets) else { return };
    let quicker = match minutes {
        ..MINUTES_OF_A_LONG_ONE => None,
        _ => match build(run, &root, Instruments::CountersAlone, &all_targets) {
            Some(quicker) => Some(quicker),
            None => return,
        },
    };
    let width = std::thread::available_parallelism().map_or(1, usize::from).min(targets.len());
    let seconds = (u64::from(minutes) * 60 * width as u64 / targets.len() as u64).max(1);
    run.console.remark(&format!(
        "{minutes} min for {} targets, {width} at a time: {seconds} s each, beginning with fuzz/seeds and fuzz/corpus",
        targets.len()
    ));
    // Comparisons that are watched lead deeper; what they led to is gone on from quicker without.
    let first = if quicker.is_some() { seconds.div_ceil(4) } else { seconds };
    let mut legs = vec![Leg { name: "explore", programs: &programs, seconds: first }];
    if let Some(programs) = &quicker {
        legs.push(Leg { name: "explore-on", programs, seconds: seconds - first });
    }
    let mut outcomes: Vec<Outcome> = Vec::new();
    for leg in legs {
        let tell = teller(run.console, targets.len());
        let Some(came) = explored(run, &leg, &targets, &Target::corpus, &tell) else { return };
        outcomes = match outcomes.is_empty() {
            true => came,
            false => outcomes.into_iter().zip(came).map(Outcome::of_both).collect(),
        };
    }
    let before: Vec<usize> = targets.iter().map(|target| count(&target.corpus())).collect();
    make_small(run, &programs, &targets);
    run.console
        .remark(&format!("{:<18} {:>12} {:>9} {:>16} {:>14}", "target", "executions", "a second", "edges", "corpus"));
    for (outcome, before) in outcomes.iter().zip(before) {
        let counts = outcome.counts;
        let edges = format!("{} + {}", counts.edges_before, counts.edges.saturating_sub(counts.edges_before));
        let corpus = format!("{before} -> {}", count(&outcome.target.corpus()));
        let summary = format!("{:>10} {:>9} {edges:>16} {corpus:>14}", counts.executions, counts.per_second);
        report(run, outcome, summary);
    }
    remark_total(run, &outcomes);
    if let Some(lines) = coverage::of(run, &targets) {
        lines::show_unreached(run, &lines);
    }
}

/// Tells of each target as it ends.
fn teller(console: Console, all: usize) -> impl Fn(&Outcome, usize) + Sync {
    move |outcome, done| {
        let (name, counts) = (&outcome.target.name, outcome.counts);
        let new = counts.edges.saturating_sub(counts.edges_before);
        let end = if outcome.good { "" } else { "; it FAILED" };
        console.remark(&format!("[{done}/{all}] {name}: {} executions, {new} new edges{end}", counts.executions));
    }
}

/// Runs all targets for the seconds of the leg; each writes new ways into its folder.
pub(super) fn explored(
    run: &mut Run<'_>,
    leg: &Leg<'_>,
    targets: &[Target],
    corpus: &dyn Fn(&Target) -> PathBuf,
    tell: &(dyn Fn(&Outcome, usize) + Sync),
) -> Option<Vec<Outcome>> {
    let mut jobs = Vec::new();
    for target in targets {
        let folders = [corpus(target), target.seeds()];
        if let Err(error) = engine::make_folders(&[corpus(target), target.artifacts()]) {
            run.finding(&target.name, Err(vec![error]));
            return None;
        }
        jobs.push(Job {
            target: target.clone(),
            command: engine::explore(run, leg.programs, target, leg.seconds, &folders),
        });
    }
    Some(engine::run_all_and_tell(run, leg.name, jobs, tell))
}

/// Keeps of each corpus what is enough for as much coverage (cargo-fuzz calls that cmin).
fn make_small(run: &mut Run<'_>, programs: &Path, targets: &[Target]) {
    let small = |target: &Target| target.corpus().with_extension("small");
    let mut jobs = Vec::new();
    for target in targets {
        let _ = fs::remove_dir_all(small(target));
        if engine::make_folders(&[small(target)]).is_ok() {
            let folders = [small(target), target.seeds(), target.corpus()];
            jobs.push(Job { target: target.clone(), command: engine::merge(run, programs, target, &folders) });
        }
    }
    for outcome in run_all(run, "merge", jobs) {
        let (small, corpus) = (small(&outcome.target), outcome.target.corpus());
        // An input that fails ends a merge; the corpus then stays as it is.
        let swapped = outcome.good && fs::remove_dir_all(&corpus).and_then(|()| fs::rename(&small, &corpus)).is_ok();
        if !swapped {
            let _ = fs::remove_dir_all(small);
            run.console.remark(&format!("{}: the corpus was not made small", outcome.target.name));
        }
    }
}

pub(super) fn report(run: &mut Run<'_>, outcome: &Outcome, summary: String) {
    let found = if outcome.good { Ok(summary) } else { Err(outcome.failure()) };
    run.finding(&outcome.target.name, found);
}

fn remark_total(run: &Run<'_>, outcomes: &[Outcome]) {
    let executions: u64 = outcomes.iter().map(|outcome| outcome.counts.executions).sum();
    let found = outcomes.iter().filter(|outcome| !outcome.good).count();
    run.console.remark(&format!("{executions} executions in all, {found} targets failed"));
    if found > 0 {
        run.console.remark("`cargo checks fuzz-keep` makes what failed small, and a seed that every later run replays");
    }
}
