//! The targets that come upon unsafe code, with every access to memory watched by the address sanitizer.

use super::campaign::{Leg, explored};
use super::instruments::{Instruments, build};
use super::target_list;
use crate::run::Run;

/// The vector code of `glowband-verify` stands behind these.
const TARGETS: &[&str] = &["es256_arithmetic", "field_arithmetic", "hs256_batch"];

const SECONDS: u64 = 30;

/// Their seeds, and some seconds from there.
pub(in crate::groups) fn watched(run: &mut Run<'_>) {
    let Some(mut targets) = target_list::wished(run) else { return };
    targets.retain(|target| TARGETS.contains(&target.name.as_str()));
    let root = run.workspace.root.clone();
    let what: Vec<&str> = TARGETS.iter().flat_map(|name| ["--bin", name]).collect();
    let Some(programs) = build(run, &root, Instruments::Addresses, &what) else { return };
    let new_ways = run.workspace.keep("fuzz-corpus");
    let corpus = |target: &target_list::Target| new_ways.join(&target.name);
    let leg = Leg { name: "watch", programs: &programs, seconds: SECONDS };
    let Some(outcomes) = explored(run, &leg, &targets, &corpus, &|_, _| {}) else { return };
    for outcome in &outcomes {
        let summary = format!("{} executions, {} edges", outcome.counts.executions, outcome.counts.edges);
        super::campaign::report(run, outcome, summary);
    }
}
