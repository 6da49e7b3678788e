//! What campaigns found, made small and kept: a seed that every later run replays is a regression test.

use std::fs;
use std::path::{Path, PathBuf};

use super::engine;
use super::instruments::{Instruments, build};
use super::target_list::{self, Target};
use crate::run::Run;
use crate::step::Step;

/// How long an input may be made smaller.
const SECONDS: u32 = 20;

pub(crate) fn keep(run: &mut Run<'_>) {
    let Some(targets) = target_list::wished(run) else { return };
    let found: Vec<(&Target, PathBuf)> = targets
        .iter()
        .flat_map(|target| inputs(&target.artifacts()).into_iter().map(move |file| (target, file)))
        .collect();
    if found.is_empty() {
        run.finding("inputs in fuzz/artifacts", Ok("none: nothing to keep".to_owned()));
        return;
    }
    let root = run.workspace.root.clone();
    let Some(programs) = build(run, &root, Instruments::Counters, &["--bins", "--features", "peers"]) else { return };
    for (target, file) in found {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let seed = target.seeds().join(format!("found-{}", name.rsplit('-').next().unwrap_or(&name)));
        let kept = smallest(run, &programs, target, &file).and_then(|smallest| {
            fs::copy(smallest, &seed).map_err(|error| format!("cannot write {}: {error}", seed.display()))
        });
        let kept = kept.map(|bytes| {
            let _ = fs::remove_file(&file);
            format!("{bytes} bytes in {}", seed.strip_prefix(&root).unwrap_or(&seed).display())
        });
        run.finding(&format!("{}: {name}", target.name), kept.map_err(|error| vec![error]));
    }
    run.console.remark("Replay them without an engine: cargo test --release --manifest-path fuzz/Cargo.toml");
}

/// Inputs that failed, by their files.
fn inputs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect::<Vec<_>>());
    let mut files = entries.unwrap_or_default();
    files.retain(|file| file.is_file());
    files.sort();
    files
}

/// The smallest input that was found to fail as well: the file itself if it fails no more, or if none is smaller.
fn smallest(run: &mut Run<'_>, programs: &Path, target: &Target, file: &Path) -> Result<PathBuf, String> {
    let smaller = engine::logs(run).join(format!("{}-smallest", target.name));
    let _ = fs::remove_file(&smaller);
    let mut command = engine::engine(run, programs, target);
    command.arg(format!("-max_total_time={SECONDS}")).args(["-minimize_crash=1"]);
    command.arg(format!("-exact_artifact_path={}", smaller.display())).arg(file);
    // It ends with a failure where it succeeds.
    let log = engine::logs(run).join(format!("{}-minimise.log", target.name));
    Step::new("minimise", command).run(&log);
    Ok(if smaller.is_file() { smaller } else { file.to_path_buf() })
}
