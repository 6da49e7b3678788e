//! Bugs that are planted in a copy of the tree, one at a time: each must be found by its target within a minute.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::engine::{self, Job, run_all};
use super::instruments::{Instruments, command};
use super::target_list::{self, Target};
use crate::needs::answer;
use crate::run::Run;
use crate::step::Step;

const SECONDS: u64 = 60;

/// What a copy for building takes of the tree.
const PARTS: &[&str] = &["Cargo.toml", "core", "host-adapters", "tests", "fuzz"];

pub(crate) fn planted(run: &mut Run<'_>) {
    let root = run.workspace.root.clone();
    let (patches, targets) = match (patches(&root), target_list::all(&root)) {
        (Ok(patches), Ok(targets)) => (patches, targets),
        (Err(error), _) | (_, Err(error)) => {
            run.finding("the planted bugs", Err(vec![error]));
            return;
        }
    };
    let copy = run.workspace.keep("planted");
    if let Err(error) = copied(run, &copy) {
        run.finding("a copy of the tree", Err(vec![error]));
        return;
    }
    for (name, file) in patches {
        let Some(target) = targets.iter().find(|target| name.starts_with(&format!("{}-", target.name))) else {
            run.finding(&name, Err(vec!["the name of a patch begins with that of its target".to_owned()]));
            continue;
        };
        let found = tried(run, &copy, target, &file);
        run.finding(&name, found.map_err(|error| vec![error]));
    }
}

/// Each patch of `fuzz/planted`, by its name.
fn patches(root: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let folder = root.join("fuzz/planted");
    let entries = fs::read_dir(&folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for file in entries.flatten().map(|entry| entry.path()) {
        if file.extension().is_some_and(|ending| ending == "patch") {
            found.push((file.file_stem().unwrap_or_default().to_string_lossy().into_owned(), file));
        }
    }
    found.sort();
    if found.is_empty() { Err(format!("no patch in {}", folder.display())) } else { Ok(found) }
}

/// Copies what git knows, as it is now; files that have not changed keep their times, so that little is built anew.
fn copied(run: &Run<'_>, copy: &Path) -> Result<(), String> {
    let listing = answer(
        run.workspace.program("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).args(PARTS),
    );
    let listing = listing.ok_or("git does not list the files")?;
    for name in listing.lines().filter(|name| !name.contains("/node_modules/")) {
        let (from, to) = (run.workspace.root.join(name), copy.join(name));
        let Ok(bytes) = fs::read(&from) else { continue };
        if fs::read(&to).is_ok_and(|old| old == bytes) {
            continue;
        }
        let folder = to.parent().unwrap_or(copy);
        fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        fs::write(&to, bytes).map_err(|error| format!("cannot write {}: {error}", to.display()))?;
    }
    Ok(())
}

/// Plants one bug, lets its target search, and takes the bug out again. A few words on how it was found.
fn tried(run: &mut Run<'_>, copy: &Path, target: &Target, patch: &Path) -> Result<String, String> {
    applied(run, copy, patch, &[])?;
    let outcome = searched(run, copy, target);
    applied(run, copy, patch, &["--reverse"])?;
    outcome
}

fn searched(run: &Run<'_>, copy: &Path, target: &Target) -> Result<String, String> {
    let log = run.workspace.keep("fuzz").join(format!("{}-planted.log", target.name));
    let _ = fs::remove_file(&log);
    let peers: &[&str] = if target.name == "differential" { &["--features", "peers"] } else { &[] };
    let what = [&["--bin", &target.name], peers].concat();
    let (name, build, programs) = command(run, copy, Instruments::Counters, &what);
    let built = Step::new(name, build).run(&log);
    if built.tally.failed > 0 {
        return Err(format!("it does not compile: {}", log.display()));
    }
    let folders = [run.workspace.keep("planted-corpus").join(&target.name), target.seeds()];
    let _ = fs::remove_dir_all(&folders[0]);
    engine::make_folders(&folders[..1])?;
    let mut search: Command = engine::explore(run, &programs, target, SECONDS, &folders);
    // What is found here is no find.
    search.arg(format!("-artifact_prefix={}/", folders[0].display()));
    let started = std::time::Instant::now();
    let outcomes = run_all(run, "planted", vec![Job { target: target.clone(), command: search }]);
    match outcomes.first() {
        Some(outcome) if !outcome.good && found(&outcome.log) => {
            Ok(format!("found after {:.1} s", started.elapsed().as_secs_f64()))
        }
        Some(outcome) => Err(format!("not found in {SECONDS} s; all of it: {}", outcome.log.display())),
        None => Err("it did not run".to_owned()),
    }
}

/// Whether the target itself complained; a program that does not start proves nothing.
fn found(log: &Path) -> bool {
    fs::read(log).is_ok_and(|bytes| {
        let text = String::from_utf8_lossy(&bytes);
        text.contains("panicked at") || text.contains("libFuzzer: timeout")
    })
}

fn applied(run: &Run<'_>, copy: &Path, patch: &Path, how: &[&str]) -> Result<(), String> {
    let log = run.workspace.keep("fuzz").join("patch.log");
    let mut command = run.workspace.program("patch");
    command.args(["--strip=1", "--batch", "--silent"]).args(how).arg("--directory").arg(copy).arg("--input").arg(patch);
    let outcome = Step::new("patch", command).run(&log);
    if outcome.tally.failed == 0 { Ok(()) } else { Err(format!("the patch does not fit: {}", outcome.output.trim())) }
}
