//! Bugs that are planted in a copy of the tree: each must be found by its target within a minute.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::engine::{self, Job, Outcome, run_all};
use super::instruments::{Instruments, build};
use super::target_list::{self, Target};
use crate::groups::tree_copy;
use crate::needs::Missing;
use crate::processor::InstructionSet;
use crate::run::Run;
use crate::step::Step;

const SECONDS: u64 = 60;

/// What a copy for building takes of the tree.
const PARTS: &[&str] = &["Cargo.toml", "core", "host-adapters", "tests", "fuzz"];

/// The round of every run: a bug in each parser. The further ones are more bugs in the same places, and in others.
const ROUND_OF_EVERY_RUN: u32 = 1;

/// A bug in each parser.
pub(crate) fn in_parsers(run: &mut Run<'_>) {
    planted(run, ROUND_OF_EVERY_RUN);
}

/// Every bug there is; those of the targets that are asked for.
pub(crate) fn all(run: &mut Run<'_>) {
    planted(run, u32::MAX);
}

fn planted(run: &mut Run<'_>, last_round: u32) {
    let root = run.workspace.root.clone();
    let Some(targets) = target_list::wished(run) else { return };
    let mut patches = match patches(&root) {
        Ok(patches) => patches,
        Err(error) => {
            run.finding("the planted bugs", Err(vec![error]));
            return;
        }
    };
    patches.retain(|patch| patch.round <= last_round);
    if !run.wishes.targets.is_empty() {
        patches.retain(|patch| patch.target(&targets).is_ok());
    }
    let copy = run.workspace.keep("planted");
    if let Err(error) = tree_copy::renew(run, &copy, PARTS) {
        run.finding("a copy of the tree", Err(vec![error]));
        return;
    }
    skip_what_is_not_run_here(run, &mut patches);
    let rounds: BTreeSet<u32> = patches.iter().map(|patch| patch.round).collect();
    for round in rounds {
        let patches: Vec<&Patch> = patches.iter().filter(|patch| patch.round == round).collect();
        for (patch, found) in patches.iter().zip(tried(run, &copy, &patches, &targets)) {
            run.finding(&patch.name, found.map_err(|error| vec![error]));
        }
    }
}

/// Takes out the bugs in code that this processor does not run, saying so: no target could find them.
fn skip_what_is_not_run_here(run: &mut Run<'_>, patches: &mut Vec<Patch>) {
    patches.retain(|patch| match patch.needs {
        Some(set) if !set.there() => {
            run.skip(&Missing::Machine(format!("{} needs {}; this processor lacks it", patch.name, set.name)));
            false
        }
        _ => true,
    });
}

/// A bug to plant: `TARGET-what.patch`, whose first lines say what is wrong, in which round it is planted, and which
/// instruction set the code needs that it is planted in, if it needs one. Those of a round are built together, so none
/// of them may matter to the target of another.
struct Patch {
    name: String,
    file: PathBuf,
    round: u32,
    needs: Option<&'static InstructionSet>,
}

impl Patch {
    fn target<'t>(&self, targets: &'t [Target]) -> Result<&'t Target, String> {
        let target = targets.iter().find(|target| self.name.starts_with(&format!("{}-", target.name)));
        target.ok_or_else(|| "the name of a patch begins with that of its target".to_owned())
    }
}

/// Each patch of `fuzz/planted`.
fn patches(root: &Path) -> Result<Vec<Patch>, String> {
    let folder = root.join("fuzz/planted");
    let entries = fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut found = Vec::new();
    for file in entries.flatten().map(|entry| entry.path()) {
        if file.extension().is_some_and(|ending| ending == "patch") {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&file).map_err(|error| format!("cannot read {name}: {error}"))?;
            let said = |what: &str| text.lines().find_map(|line| line.strip_prefix(what));
            let round = said("Round: ").and_then(|round| round.parse().ok());
            let round = round.ok_or_else(|| format!("{name} says no round"))?;
            let needs = said("Needs: ").map(|set| {
                InstructionSet::named(set).ok_or_else(|| format!("{name} needs `{set}`, which is no instruction set"))
            });
            found.push(Patch { round, needs: needs.transpose()?, name, file });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    if found.is_empty() { Err(format!("no patch in {}", folder.display())) } else { Ok(found) }
}

/// Plants the bugs of a round, lets their targets search, and takes the bugs out again. A few words on how each was found.
fn tried(run: &mut Run<'_>, copy: &Path, patches: &[&Patch], targets: &[Target]) -> Vec<Result<String, String>> {
    let mut applied = Vec::new();
    let mut outcome = Ok(());
    for patch in patches {
        outcome = outcome.and_then(|()| apply(run, copy, &patch.file, &[]));
        if outcome.is_ok() {
            applied.push(patch);
        }
    }
    let searched = outcome.and_then(|()| search(run, copy, patches, targets));
    for patch in applied.iter().rev() {
        if let Err(error) = apply(run, copy, &patch.file, &["--reverse"]) {
            run.finding("a copy without bugs again", Err(vec![error]));
        }
    }
    searched.unwrap_or_else(|error| patches.iter().map(|_| Err(error.clone())).collect())
}

fn search(
    run: &mut Run<'_>,
    copy: &Path,
    patches: &[&Patch],
    targets: &[Target],
) -> Result<Vec<Result<String, String>>, String> {
    let targets = patches.iter().map(|patch| patch.target(targets)).collect::<Result<Vec<_>, _>>()?;
    let mut what: Vec<&str> = targets.iter().flat_map(|target| ["--bin", target.name.as_str()]).collect();
    if targets.iter().any(|target| target.name == "differential") {
        what.extend(["--features", "peers"]);
    }
    let programs = build(run, copy, Instruments::Counters, &what).ok_or("it does not compile")?;
    let mut jobs = Vec::new();
    for target in targets {
        let folders = [run.workspace.keep("planted-corpus").join(&target.name), target.seeds()];
        let _ = fs::remove_dir_all(&folders[0]);
        engine::make_folders(&folders[..1])?;
        let mut command = engine::explore(run, &programs, target, SECONDS, &folders);
        // What is found here is no find.
        command.arg(format!("-artifact_prefix={}/", folders[0].display()));
        jobs.push(Job { target: target.clone(), command });
    }
    Ok(run_all(run, "planted", jobs).iter().map(finding).collect())
}

fn finding(outcome: &Outcome) -> Result<String, String> {
    if !outcome.good && found(&outcome.log) {
        Ok(format!("found after {:.1} s", outcome.took.as_secs_f64()))
    } else {
        Err(format!("not found in {SECONDS} s; all of it: {}", outcome.log.display()))
    }
}

/// Whether the target itself complained; a program that does not start proves nothing.
fn found(log: &Path) -> bool {
    fs::read(log).is_ok_and(|bytes| {
        let text = String::from_utf8_lossy(&bytes);
        text.contains("panicked at") || text.contains("libFuzzer: timeout")
    })
}

fn apply(run: &Run<'_>, copy: &Path, patch: &Path, how: &[&str]) -> Result<(), String> {
    let log = engine::logs(run).join("patch.log");
    let mut command = run.workspace.program("patch");
    command.args(["--strip=1", "--batch", "--silent"]).args(how).arg("--directory").arg(copy).arg("--input").arg(patch);
    let outcome = Step::new("patch", command).run(&log);
    if outcome.tally.failed == 0 {
        Ok(())
    } else {
        Err(format!("the patch does not fit: {} {}", outcome.note, outcome.output.trim()))
    }
}
