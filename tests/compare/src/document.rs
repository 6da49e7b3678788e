//! The answers as a document.

use crate::cases::Row;
use crate::name_lists;
use crate::notes;
use crate::peers::Peer;
use crate::tally::{self, Column, Tally};
use std::fmt::Write as _;

const ABOUT: &str = "\
# What other libraries say to the vectors

Written by `cargo checks compare`, which runs Glowband and its peers over the [vectors](../vectors/README.md) that are a token, a key,
a policy and a time. Rows are those of the table of what has gone wrong in token verifiers (`../vectors/classes.tsv`).

A vector is Glowband's reading of the standards, and stricter than they are in places: **a peer that answers otherwise is not wrong
for that**. What the standards leave open is said beside each row. Refusals are counted, not their reasons.

`3 of 4` means that four cases could be asked and three were answered as the vectors have it; `–`, that none could be asked. A case
cannot be asked if the policy has something for which a peer has no setting; the counts are at the end.

";

const REPEAT: &str = "\
## To repeat it

    cargo checks --setup compare

It needs Python, Node, OpenSSL's headers and `faketime`, and installs what is missing. It fails if Glowband's column is not as the
vectors have it, if a peer cannot be run, or if this document is not what came out; then it has written it anew. Versions are pinned
in `Cargo.toml`, `package.json` and `requirements.txt` beside this file.
";

/// A peer and the version that answered.
pub type Asked<'p> = (&'p Peer, String);

pub fn write(asked: &[Asked<'_>], columns: &[Column], rows: &[Row], without: &[String]) -> String {
    let mut text = ABOUT.to_owned();
    setup(&mut text, asked);
    let bad = Half::of(columns, rows, false);
    let good = Half::of(columns, rows, true);
    heads(&mut text, "## In short\n\n", columns, "");
    line(&mut text, "refused, of what the vectors refuse", &bad.sums());
    line(&mut text, "accepted, of what the vectors accept", &good.sums());
    heads(&mut text, "\n## Refused, of what the vectors refuse\n\n", columns, " known as |");
    bad.lines(&mut text, true);
    let without = without.join(", ");
    let _ = writeln!(
        text,
        "\nNo token shows these, so they are not compared: {without}. Some cases of other rows are left out, for all."
    );
    heads(&mut text, "\n## Accepted, of what the vectors accept\n\n", columns, "");
    good.lines(&mut text, false);
    text.push_str("\n## Which\n\nCases by their names in `../vectors/threats.json`; `a/{b, c}` are `a/b` and `a/c`.\n");
    bad.details(&mut text, &good);
    text.push_str("\n## What could not be asked\n\n");
    for column in columns {
        let counts: Vec<_> =
            tally::not_asked(column).iter().map(|(words, count)| format!("{words} ({count})")).collect();
        if !counts.is_empty() {
            let _ = writeln!(text, "- {}: {}.", column.name, counts.join(", "));
        }
    }
    text.push('\n');
    text.push_str(REPEAT);
    text
}

/// The two lines of the summary, for a terminal.
pub fn short(columns: &[Column], rows: &[Row]) -> String {
    let (bad, good) = (Half::of(columns, rows, false), Half::of(columns, rows, true));
    let width = rows.iter().map(|row| row.class.chars().count()).max().unwrap_or(0).max("all accepted".len());
    let mut text = String::new();
    let mut line = |name: &str, cells: &[String]| {
        let _ = write!(text, "{name:<width$}");
        cells.iter().for_each(|cell| {
            let _ = write!(text, "  {cell:>14}");
        });
        text.push('\n');
    };
    line("refused", &columns.iter().map(|column| column.name.to_owned()).collect::<Vec<_>>());
    for (at, row) in rows.iter().enumerate() {
        line(&row.class, &bad.cells(at));
    }
    line("all refused", &bad.sums());
    line("all accepted", &good.sums());
    text
}

fn setup(text: &mut String, asked: &[Asked<'_>]) {
    text.push_str("## Who is asked, and how\n\nEach peer is set up as its documentation has it, as strictly as its settings go.\n\n");
    text.push_str("| | version | set up |\n|---|---|---|\n");
    for (peer, version) in asked {
        let _ = writeln!(text, "| {} | {version} ({}) | {} |", peer.name, peer.package, peer.settings);
    }
    text.push_str(
        "\nHS256 for a secret, ES256 for a point on P-256: which algorithm is allowed follows from the key, never from the token. \
         jsonwebtoken and PyJWT\nhave their time from the system; their processes run under `faketime`. Glowband is the core, verified \
         with in every way that it has.\n\n",
    );
}

fn heads(text: &mut String, title: &str, columns: &[Column], more: &str) {
    let names: Vec<_> = columns.iter().map(|column| column.name).collect();
    let _ = writeln!(text, "{title}| |{more} {} |", names.join(" | "));
    let _ = writeln!(text, "|---|{}{}", if more.is_empty() { "" } else { "---|" }, "--:|".repeat(columns.len()));
}

fn line(text: &mut String, name: &str, cells: &[String]) {
    let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
}

/// The good cases, or the bad ones: tallies by column, then by row.
struct Half<'a> {
    columns: &'a [Column],
    rows: &'a [Row],
    tallies: Vec<Vec<Tally>>,
}

impl<'a> Half<'a> {
    fn of(columns: &'a [Column], rows: &'a [Row], good: bool) -> Self {
        let tallies = columns.iter().map(|column| tally::of(column, rows, good)).collect();
        Self { columns, rows, tallies }
    }

    fn sums(&self) -> Vec<String> {
        self.tallies.iter().map(|tallies| tally::sum(tallies).cell()).collect()
    }

    fn cells(&self, row: usize) -> Vec<String> {
        self.tallies.iter().map(|tallies| tallies[row].cell()).collect()
    }

    fn lines(&self, text: &mut String, known_as: bool) {
        for (at, row) in self.rows.iter().enumerate() {
            if self.tallies.iter().all(|tallies| tallies[at].asked == 0) {
                continue;
            }
            let known = if row.known_as.is_empty() { "–" } else { &row.known_as };
            let name = if known_as { format!("{} | {known}", row.class) } else { row.class.clone() };
            line(text, &name, &self.cells(at));
        }
    }

    /// The cases that are answered otherwise, of this half and of the other.
    fn details(&self, text: &mut String, good: &Self) {
        for (at, row) in self.rows.iter().enumerate() {
            let mut lines = String::new();
            for (which, column) in self.columns.iter().enumerate() {
                let said: Vec<_> = [("accepts", self), ("refuses", good)]
                    .iter()
                    .filter(|(_, half)| !half.tallies[which][at].otherwise.is_empty())
                    .map(|(verb, half)| format!("{verb} {}", name_lists::short(&half.tallies[which][at].otherwise)))
                    .collect();
                if !said.is_empty() {
                    let note = notes::of_peer(&row.class, column.name).map(|note| format!(" {note}"));
                    let _ = writeln!(lines, "- {}: {}.{}", column.name, said.join("; "), note.unwrap_or_default());
                }
            }
            if !lines.is_empty() {
                let note = notes::of_row(&row.class).map(|note| format!("{note}\n\n")).unwrap_or_default();
                let _ = write!(text, "\n### {}\n\n{note}{lines}", row.class);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers;
    use crate::tally::tests::{column, row};
    use glowband_compare::answer::Answer;

    #[test]
    fn the_tables_have_a_cell_for_each_column_and_the_details_name_the_cases() {
        let rows = [row("one", &["a/good", "a/bad", "a/worse"])];
        let refused = || Answer::Refused(String::new());
        let columns = [
            column("Glowband", &[Answer::Accepted, refused(), refused()]),
            column("jose", &[Answer::Accepted, Answer::Accepted, Answer::CannotAsk("no setting".to_owned())]),
        ];
        let asked = [(&peers::ALL[5], "1.2.3".to_owned())];
        let text = write(&asked, &columns, &rows, &["timing".to_owned()]);
        for wanted in [
            "| one | – | 2 of 2 | 0 of 1 |\n",
            "| one | 1 of 1 | 1 of 1 |\n",
            "| jose | 1.2.3 (npm) |",
            "### one\n\n- jose: accepts `a/bad`.\n",
            "- jose: no setting (1).\n",
            "not compared: timing. ",
        ] {
            assert!(text.contains(wanted), "{wanted}\n{text}");
        }
        for table in text.split("\n\n").filter(|part| part.starts_with("| ")) {
            let cells: Vec<_> = table.lines().map(|line| line.matches('|').count()).collect();
            assert!(cells.iter().all(|count| *count == cells[0]), "{table}");
        }
    }
}
