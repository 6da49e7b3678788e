//! All figures as a document, and the tables that the READMEs show of them.

use crate::figures::{Figure, Figures, micros, speed, times};
use crate::goals::{self, Path};
use std::fmt::Write as _;

const HEAD: &str = "\
# Speed, measured

Written by `cargo checks bench`; do not edit. All contestants of a column run in turn, in one process on one core, many
short rounds, each with 64 different tokens or more. Microseconds: the fastest round, in parentheses the middle one. Times
differ from machine to machine: read the ratios, which are of the fastest rounds. jsonwebtoken with rust_crypto runs in a
process of its own, beside ours, and is compared through them.
";

const GUARD: &str = "
One goal is measured elsewhere, by `cargo checks bench-http`: that a guard leaves a trivial route 0.97 of its requests a
second (stretch: 0.99). The [README of glowband-http](../../host-adapters/http/README.md#figures) has its figures. How much longer crafted
signatures take is measured by `cargo checks crafted` ([its figures](CRAFTED.md)).
";

/// The document. `runs` are those beside each of the peer's providers; the first one has every table.
pub fn markdown(runs: &[Figures], machine: &str) -> String {
    let mut text = format!("{HEAD}\n{machine}\n\n![Tokens verified a second](speed.svg)\n\n## Goals\n\n");
    text += "How many times as long jsonwebtoken's faster provider takes; in parentheses the ratio of the middle rounds.\n\n";
    text += "| path | goal | stretch | measured | |\n|---|--:|--:|--:|---|\n";
    for goal in goals::all() {
        let pair = goal.path.pair(runs);
        let measured =
            pair.map_or("–".to_string(), |it| format!("{} ({})", times(it.by_fastest()), times(it.by_median())));
        let (name, verdict) = (goal.path.name, goal.verdict(pair));
        let _ = writeln!(text, "| {name} | ≥ {}× | {}× | {measured} | {verdict} |", goal.least, goal.stretch);
    }
    text += GUARD;
    let everything = merged(runs);
    for table in everything.distinct(None, |figure| &figure.table) {
        let _ = write!(text, "\n## {table}\n\n{}", rendered(runs, &everything, &table));
    }
    text
}

/// Some paths in a short table, each beside the peer's faster provider.
pub fn short(paths: &[Path], runs: &[Figures], machine: &str) -> String {
    let mut text = format!("{machine}\n\n| | µs a token | jsonwebtoken 11 | ratio |\n|---|--:|--:|--:|\n");
    for path in paths {
        let cells = path.pair(runs).map_or(["–".into(), "–".into(), "–".into()], |pair| {
            [micros(pair.ours.fastest), micros(pair.peer.fastest), times(pair.by_fastest())]
        });
        let _ = writeln!(text, "| {} | {} |", path.name, cells.join(" | "));
    }
    text
}

/// The first run, and what the others have besides.
pub fn merged(runs: &[Figures]) -> Figures {
    let mut all: Vec<Figure> = Vec::new();
    for figure in runs.iter().flat_map(|run| &run.0) {
        let is_known =
            |known: &Figure| (&known.table, &known.row, &known.column) == (&figure.table, &figure.row, &figure.column);
        if !all.iter().any(is_known) {
            all.push(figure.clone());
        }
    }
    Figures(all)
}

fn rendered(runs: &[Figures], everything: &Figures, table: &str) -> String {
    let columns = everything.distinct(Some(table), |figure| &figure.column);
    let reference = goals::reference(table);
    let row_of_reference = everything.0.iter().find(|it| it.table == table && it.row.starts_with(reference));
    let one = row_of_reference.map_or("", |it| &it.row);
    let mut text = format!("Ratios: how many times as fast as {one}.\n\n");
    let _ = writeln!(text, "| | {} |\n|---|{}", columns.join(" | "), "--:|".repeat(columns.len()));
    for row in everything.distinct(Some(table), |figure| &figure.row) {
        let cell = |column: &String| {
            everything.find(table, &row, column).map_or("–".into(), |it| {
                let ratio = speed(runs, it, one).map_or(String::new(), |ratio| format!(" {}", times(ratio)));
                format!("{} ({}){ratio}", micros(it.fastest), micros(it.median))
            })
        };
        let cells: Vec<_> = columns.iter().map(cell).collect();
        let _ = writeln!(text, "| {row} | {} |", cells.join(" | "));
    }
    text
}
