//! Lines of the product, and whether they were reached, as llvm-cov tells.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::engine;
use crate::run::Run;
use crate::step::Step;

/// The parts of the product that have a column.
pub(super) const PARTS: &[&str] = &["core", "host-adapters/verify", "host-adapters/http", "host-adapters/session"];

/// For each file of the product, from the root, its lines with code and whether they were reached.
pub(super) type Lines = BTreeMap<String, BTreeMap<u32, bool>>;

/// What llvm-cov tells of a program that ran: its profiles lie beside each other as `NAME*.profraw`.
pub(super) fn of_program(run: &Run<'_>, tools: &Path, program: &Path, name: &str) -> Result<Lines, String> {
    let folder = engine::logs(run);
    let merged = folder.join(format!("{name}.profdata"));
    let log = folder.join(format!("{name}-coverage.log"));
    let mut profile = run.workspace.program(tools.join("llvm-profdata"));
    profile.args(["merge", "-sparse"]).args(profiles(&folder, name)).arg("-o").arg(&merged);
    let mut export = run.workspace.program(tools.join("llvm-cov"));
    export.args(["export", "-format=lcov"]).arg(program).arg(format!("-instr-profile={}", merged.display()));
    let mut output = String::new();
    for (name, command) in [("llvm-profdata merge", profile), ("llvm-cov export", export)] {
        let outcome = Step::new(name, command).run(&log);
        if outcome.tally.failed > 0 {
            return Err(format!("{name}: {}; all of it: {}", outcome.note, log.display()));
        }
        output = outcome.output;
    }
    Ok(read(&output, &run.workspace.root))
}

/// Where a program writes its profile, which `of_program` reads; those of earlier runs are gone.
pub(super) fn profile_of(run: &Run<'_>, name: &str) -> PathBuf {
    let folder = engine::logs(run);
    for old in profiles(&folder, name) {
        let _ = fs::remove_file(old);
    }
    folder.join(format!("{name}-%p.profraw"))
}

fn profiles(folder: &Path, name: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).map(|files| files.flatten().map(|file| file.path()).collect::<Vec<_>>());
    let own = |file: &PathBuf| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let ours = stem
            .rsplit_once('-')
            .is_some_and(|(own, process)| own == name && process.bytes().all(|byte| byte.is_ascii_digit()));
        ours && file.extension().is_some_and(|ending| ending == "profraw")
    };
    files.unwrap_or_default().into_iter().filter(own).collect()
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

pub(super) fn merge(total: &mut Lines, more: Lines) {
    for (file, lines) in more {
        let own = total.entry(file).or_default();
        for (line, reached) in lines {
            *own.entry(line).or_default() |= reached;
        }
    }
}

/// How many lines of a part were reached, and how many it has.
pub(super) fn counts(lines: &Lines, part: &str) -> (usize, usize) {
    let of_part = lines.iter().filter(|(file, _)| file.starts_with(&format!("{part}/")));
    let reached = of_part.clone().flat_map(|(_, lines)| lines.values()).filter(|reached| **reached).count();
    (reached, of_part.map(|(_, lines)| lines.len()).sum())
}

/// `3/4  75.0 %`.
pub(super) fn share(lines: &Lines, part: &str) -> String {
    let (reached, all) = counts(lines, part);
    format!("{reached}/{all} {:>5.1} %", percent(reached, all))
}

/// The last name of a part's path.
pub(super) fn name(part: &str) -> &str {
    part.rsplit('/').next().unwrap_or(part)
}

pub(super) fn percent(reached: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { 100.0 * reached as f64 / all as f64 }
}

/// Shows the lines of the core that were not reached.
pub(super) fn show_unreached(run: &Run<'_>, total: &Lines) {
    run.console.remark("lines of core that nothing reached:");
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
        assert_eq!((counts(&total, "core"), share(&total, "core").as_str()), ((2, 3), "2/3  66.7 %"));
    }

    #[test]
    fn neighbours_are_one_range() {
        assert_eq!(ranges(&BTreeSet::from([3, 7, 8, 9, 11])), "3, 7-9, 11");
    }
}
