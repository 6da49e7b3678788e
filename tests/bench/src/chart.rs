//! A chart of tokens verified a second: bars in SVG, for light and for dark pages.

use crate::figures::{Figure, Figures, speed, times};
use crate::peers::JSONWEBTOKEN;
use crate::report;
use crate::tables::complete;
use std::fmt::Write as _;

const WIDTH: f64 = 860.0;
const EDGE: f64 = 28.0;
/// Where the bars begin: right of their names.
const BARS: f64 = 300.0;
const LONGEST: f64 = 400.0;
const LINE: f64 = 27.0;
const THICK: f64 = 17.0;
/// Above the first bar of a panel.
const TITLE: f64 = 64.0;

/// Ours in two shades of one colour, as batches are another use; everything else in grey.
const STYLE: &str = "\
.ground{fill:#fff;stroke:#d8dee4}text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;fill:#424a53}\
.title{font-size:16px;font-weight:600;fill:#1f2328}.note{font-size:12px;fill:#656d76}.value{font-variant-numeric:tabular-nums}\
.ours-name{font-weight:600;fill:#1f2328}.ours{fill:#0d9488}.batch{fill:#115e59}.peer{fill:#b6bfc9}.axis{stroke:#d8dee4}\
@media(prefers-color-scheme:dark){.ground{fill:#0d1117;stroke:#30363d}text{fill:#b1bac4}.title,.ours-name{fill:#f0f6fc}\
.note{fill:#8b949e}.ours{fill:#14b8a6}.batch{fill:#5eead4}.peer{fill:#4b5563}.axis{stroke:#30363d}}";

struct Panel {
    title: &'static str,
    bars: Vec<Bar>,
}

struct Bar {
    name: String,
    a_second: f64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Ours,
    Batch,
    Peer,
}

pub fn svg(runs: &[Figures]) -> String {
    let panels = [
        Panel { title: "ES256 tokens of 324 bytes, verified a second by one core", bars: table(runs, "ES256 324 B") },
        Panel { title: "HS256 tokens of 281 bytes", bars: table(runs, "HS256 281 B") },
    ];
    let lines: usize = panels.iter().map(|panel| panel.bars.len()).sum();
    let height = panels.len() as f64 * TITLE + lines as f64 * LINE + EDGE;
    let (inner_width, inner_height) = (WIDTH - 1.0, height - 1.0);
    let mut text = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-label="Tokens verified a second, by library">
<style>{STYLE}</style>
<rect class="ground" x="0.5" y="0.5" width="{inner_width}" height="{inner_height}" rx="10"/>
"#
    );
    let mut y = 0.0;
    for panel in &panels {
        panel.draw(&mut text, y);
        y += TITLE + panel.bars.len() as f64 * LINE;
    }
    text.push_str("</svg>\n");
    text
}

impl Panel {
    fn draw(&self, text: &mut String, top: f64) {
        let most = self.bars.iter().map(|bar| bar.a_second).fold(1.0, f64::max);
        let peers = self.bars.iter().filter(|bar| bar.name.starts_with(JSONWEBTOKEN)).map(|bar| bar.a_second);
        let fastest_peer = peers.fold(1.0, f64::max);
        let first = top + TITLE;
        let _ = writeln!(text, r#"<text class="title" x="{EDGE}" y="{:.0}">{}</text>"#, top + 34.0, self.title);
        let note = "and how many times as many as by jsonwebtoken's faster provider";
        let _ = writeln!(text, r#"<text class="note" x="{EDGE}" y="{:.0}">{note}</text>"#, top + 52.0);
        for (at, bar) in self.bars.iter().enumerate() {
            bar.draw(text, first + at as f64 * LINE, LONGEST * bar.a_second / most, fastest_peer);
        }
        let last = first + self.bars.len() as f64 * LINE;
        let _ = writeln!(text, r#"<line class="axis" x1="{BARS}" y1="{first:.0}" x2="{BARS}" y2="{last:.0}"/>"#);
    }
}

impl Bar {
    fn draw(&self, text: &mut String, top: f64, length: f64, fastest_peer: f64) {
        let (class, name_class) = match self.kind {
            Kind::Ours => ("ours", "ours-name"),
            Kind::Batch => ("batch", "ours-name"),
            Kind::Peer => ("peer", ""),
        };
        let (bar, base) = (top + (LINE - THICK) / 2.0, top + LINE / 2.0 + 4.5);
        let (name_end, name) = (BARS - 10.0, &self.name);
        let _ =
            writeln!(text, r#"<text class="{name_class}" x="{name_end}" y="{base}" text-anchor="end">{name}</text>"#);
        let _ = writeln!(
            text,
            r#"<rect class="{class}" x="{BARS}" y="{bar}" width="{length:.1}" height="{THICK}" rx="3"/>"#
        );
        let (value, ratio) = (grouped(self.a_second), times(self.a_second / fastest_peer));
        let x = BARS + length + 9.0;
        let _ = writeln!(text, r#"<text class="value" x="{x:.1}" y="{base}">{value}  ·  {ratio}</text>"#);
    }
}

/// The contestants of a column. How many a second is said by the first run; what only another one has is said by how it
/// compares with ours there.
fn table(runs: &[Figures], column: &str) -> Vec<Bar> {
    let merged = report::merged(runs);
    let in_column = |it: &&Figure| it.table == complete::TABLE && it.column == column;
    let Some(core) = merged.find(complete::TABLE, complete::CORE, column) else { return Vec::new() };
    let bar = |it: &Figure| {
        let (name, kind) = named(&it.row);
        Some(Bar { name, a_second: speed(runs, it, complete::CORE)? * 1e9 / core.fastest, kind })
    };
    let figures = merged.0.iter().filter(in_column).filter(|it| it.row != complete::HOST);
    fastest_first(figures.filter_map(bar).collect())
}

fn fastest_first(mut bars: Vec<Bar>) -> Vec<Bar> {
    bars.sort_by(|one, other| other.a_second.total_cmp(&one.a_second));
    bars
}

fn named(row: &str) -> (String, Kind) {
    let ours = match row {
        complete::BATCH => return ("Glowband, IFMA, 86 KiB, by eights".to_string(), Kind::Batch),
        complete::WIDE_BATCH => return ("Glowband, IFMA, 256 KiB, by eights".to_string(), Kind::Batch),
        complete::CORE => "Glowband's core alone",
        complete::NOT_PREPARED => "Glowband, key not prepared",
        complete::PORTABLE => "Glowband, prepared key, portable",
        complete::VECTORS => "Glowband, IFMA, 86 KiB a key",
        complete::WIDE_VECTORS => "Glowband, IFMA, 256 KiB a key",
        peer => return (peer.to_string(), Kind::Peer),
    };
    (ours.to_string(), Kind::Ours)
}

/// Thousands apart, by thin spaces.
fn grouped(number: f64) -> String {
    let thousands = (number / 1000.0).round();
    if thousands >= 1000.0 {
        format!("{:.2} million", thousands / 1000.0)
    } else if number >= 100_000.0 {
        format!("{thousands:.0}\u{2009}000")
    } else {
        let hundreds = (number / 100.0).round();
        format!("{:.0}\u{2009}{:.0}00", (hundreds / 10.0).floor(), hundreds % 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let written = [4_449.0, 22_951.0, 404_950.0, 1_931_000.0].map(grouped);
        assert_eq!(written, ["4\u{2009}400", "23\u{2009}000", "405\u{2009}000", "1.93 million"]);
    }
}
