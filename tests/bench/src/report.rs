//! All figures as a document.

use crate::figures::{Figure, Figures};
use crate::goals;
use crate::machine::Machine;
use std::fmt::Write as _;

/// The document. `runs` are those beside each of the peer's providers; the first one has every table.
pub fn markdown(runs: &[Figures], machine: &Machine) -> String {
    let mut text = String::from("# Speed, measured\n\n");
    let mut line = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    line(
        "Written by `cargo checks bench`; do not edit. All contestants of a column run in turn, in one process on one",
    );
    line(
        "core, many short rounds; the first figure is the fastest round, the one in parentheses the middle one. Times",
    );
    line("differ from machine to machine: read the ratios. Each contestant gets 64 different tokens in turn.");
    line("");
    line(&machine.to_string());
    line("");
    line("![Tokens verified a second](speed.svg)");
    line("");
    line("## Goals");
    line("");
    line("Against jsonwebtoken's faster provider in the same process; in parentheses the ratio of the middle rounds.");
    line("");
    line("| path | goal | stretch | measured | |");
    line("|---|---|---|---|---|");
    for goal in goals::all() {
        let ratio = goal.ratio(runs);
        let measured = ratio.map_or("–".to_string(), |it| format!("{:.2}× ({:.2}×)", it.by_fastest, it.by_median));
        let verdict = goal.verdict(ratio);
        line(&format!("| {} | ≥ {}× | {}× | {measured} | {verdict} |", goal.path, goal.least, goal.stretch));
    }
    line("");
    line("What a guard takes of a route's requests a second is measured by `cargo checks bench-http`.");
    let everything = merged(runs);
    for table in everything.distinct(None, |figure| &figure.table) {
        let _ = write!(text, "\n## {table}\n\nMicroseconds for one.\n\n{}", rendered(&everything, &table));
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

fn rendered(figures: &Figures, table: &str) -> String {
    let columns = figures.distinct(Some(table), |figure| &figure.column);
    let mut text = format!("| | {} |\n|---|{}\n", columns.join(" | "), "---|".repeat(columns.len()));
    for row in figures.distinct(Some(table), |figure| &figure.row) {
        let cells: Vec<_> = columns.iter().map(|column| cell(figures.find(table, &row, column))).collect();
        let _ = writeln!(text, "| {row} | {} |", cells.join(" | "));
    }
    text
}

fn cell(figure: Option<&Figure>) -> String {
    figure.map_or("–".into(), |it| format!("{} ({})", micros(it.fastest), micros(it.median)))
}

/// Three digits that count.
fn micros(nanoseconds: f64) -> String {
    let micros = nanoseconds / 1000.0;
    let digits = if micros < 1.0 {
        3
    } else if micros < 10.0 {
        2
    } else {
        1
    };
    format!("{micros:.digits$}")
}
