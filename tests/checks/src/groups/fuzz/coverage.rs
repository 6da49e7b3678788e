//! Which lines of the product the corpora reach: a table by target, and the lines of the core that none of them reached.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::engine;
use super::instruments::{Instruments, build};
use super::target_list::Target;
use crate::needs::llvm_tools;
use crate::run::Run;
use crate::step::Step;

/// The parts of the product that have a column.
const PARTS: &[&str] = &["core", "host-adapters/verify", "host-adapters/http", "host-adapters/session"];

/// For each file of the product, from the root, its lines with code and whether they were reached.
type Lines = BTreeMap<String, BTreeMap<u32, bool>>;

/// Replays seeds and corpora of the targets, and shows what they reach.
pub(super) fn of(run: &mut Run<'_>, targets: &[Target]) {
    let tools = match llvm_tools::folder(run.workspace) {
        Ok(tools) => tools,
        Err(error) => {
            run.finding("coverage", Err(vec![error]));
            return;
        }
    };
    let root = run.workspace.root.clone();
    let Some(programs) = build(run, &root, Instruments::Lines, &["--example", "replay", "--features", "peers"]) else {
        return;
    };
    let replay = programs.join("examples/replay");
    let mut total = Lines::new();
    let mut table = Vec::new();
    for target in targets {
        match lines(run, &tools, &replay, target) {
            Ok(lines) => {
                table.push((target.name.as_str(), row(&lines)));
                merge(&mut total, lines);
            }
            Err(error) => {
                run.finding(&format!("{}: coverage", target.name), Err(vec![error]));
            }
        }
    }
    table.push(("together", row(&total)));
    let columns: String = PARTS.iter().map(|part| format!(" {:>22}", format!("lines of {}", name(part)))).collect();
    run.console.remark(&format!("{:<18}{columns}", "target"));
    for (name, row) in table {
        let row: String = row.iter().map(|cell| format!(" {cell:>22}")).collect();
        run.console.remark(&format!("{name:<18}{row}"));
    }
    unreached(run, &total);
}

/// What one target's inputs reach.
fn lines(run: &Run<'_>, tools: &Path, replay: &Path, target: &Target) -> Result<Lines, String> {
    let folder = engine::logs(run);
    let raw = folder.join(format!("{}.profraw", target.name));
    let merged = folder.join(format!("{}.profdata", target.name));
    let log = folder.join(format!("{}-coverage.log", target.name));
    let _ = fs::remove_file(&log);
    let mut play = run.workspace.program(replay);
    play.arg(&target.name).args([target.seeds(), target.corpus()]).env("LLVM_PROFILE_FILE", &raw);
    let mut profile = run.workspace.program(tools.join("llvm-profdata"));
    profile.args(["merge", "-sparse"]).arg(&raw).arg("-o").arg(&merged);
    let mut export = run.workspace.program(tools.join("llvm-cov"));
    export.args(["export", "-format=lcov"]).arg(replay).arg(format!("-instr-profile={}", merged.display()));
    let mut output = String::new();
    for (name, command) in [("replay", play), ("llvm-profdata merge", profile), ("llvm-cov export", export)] {
        let outcome = Step::new(name, command).run(&log);
        if outcome.tally.failed > 0 {
            return Err(format!("{name}: {}; all of it: {}", outcome.note, log.display()));
        }
        output = outcome.output;
    }
    Ok(read(&output, &run.workspace.root))
}

/// Reads lcov's format: `SF:` begins a file, `DA:` is a line and how often it was reached.
fn read(lcov: &str, root: &Path) -> Lines {
    let mut all = Lines::new();
    let mut file = None;
    for line in lcov.lines() {
        if let Some(path) = line.strip_prefix("SF:") {
            file = of_product(path, root);
        } else if let (Some(file), Some(data)) = (&file, line.strip_prefix("DA:"))
            && let Some((line, count)) = data.split_once(',')
            && let Ok(line) = line.parse()
        {
            *all.entry(file.clone()).or_default().entry(line).or_default() |= count != "0";
        }
    }
    all
}

/// The path from the root, of a file of the product; sources that are compiled twice have two spellings of theirs.
fn of_product(path: &str, root: &Path) -> Option<String> {
    let whole = fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    let inner = whole.strip_prefix(root).ok()?.to_string_lossy().into_owned();
    PARTS.iter().any(|part| inner.starts_with(&format!("{part}/src/"))).then_some(inner)
}

fn merge(total: &mut Lines, more: Lines) {
    for (file, lines) in more {
        let own = total.entry(file).or_default();
        for (line, reached) in lines {
            *own.entry(line).or_default() |= reached;
        }
    }
}

fn row(lines: &Lines) -> Vec<String> {
    let cell = |part: &&str| {
        let of_part = lines.iter().filter(|(file, _)| file.starts_with(&format!("{part}/")));
        let reached = of_part.clone().flat_map(|(_, lines)| lines.values()).filter(|reached| **reached).count();
        let all = of_part.map(|(_, lines)| lines.len()).sum::<usize>();
        let percent = if all == 0 { 0.0 } else { 100.0 * reached as f64 / all as f64 };
        format!("{reached}/{all} {percent:>5.1} %")
    };
    PARTS.iter().map(cell).collect()
}

fn name(part: &str) -> &str {
    part.rsplit('/').next().unwrap_or(part)
}

fn unreached(run: &Run<'_>, total: &Lines) {
    run.console.remark("lines of core that no input reached:");
    let mut none = true;
    for (file, lines) in total.iter().filter(|(file, _)| file.starts_with("core/")) {
        let missed: BTreeSet<u32> = lines.iter().filter(|(_, reached)| !**reached).map(|(line, _)| *line).collect();
        if !missed.is_empty() {
            none = false;
            run.console.remark(&format!("  {file}: {}", ranges(&missed)));
        }
    }
    if none {
        run.console.remark("  none");
    }
}

/// `3, 7-9`.
fn ranges(lines: &BTreeSet<u32>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *line => *last = *line,
            _ => ranges.push((*line, *line)),
        }
    }
    let text = |(first, last): &(u32, u32)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    ranges.iter().map(text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_product_are_read_and_joined() {
        let root = Path::new("/r");
        let lcov = "SF:/r/core/src/a.rs\nDA:1,5\nDA:2,0\nend_of_record\nSF:/elsewhere/b.rs\nDA:1,1\nend_of_record\n";
        let mut total = read(lcov, root);
        assert_eq!(total.len(), 1);
        merge(&mut total, read("SF:/r/core/src/a.rs\nDA:2,1\nDA:3,0\n", root));
        assert_eq!(total["core/src/a.rs"], BTreeMap::from([(1, true), (2, true), (3, false)]));
        assert!(row(&total)[0].starts_with("2/3"), "{:?}", row(&total));
    }

    #[test]
    fn neighbours_are_one_range() {
        assert_eq!(ranges(&BTreeSet::from([3, 7, 8, 9, 11])), "3, 7-9, 11");
    }
}
