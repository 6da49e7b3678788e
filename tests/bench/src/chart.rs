//! A chart of tokens verified a second: bars in SVG, readable on white and on black.

use crate::figures::Figures;
use crate::peers::JSONWEBTOKEN;
use crate::tables::{complete, many_keys};
use std::fmt::Write as _;

const WIDTH: f64 = 860.0;
/// Where the bars begin: right of their names.
const BARS: f64 = 330.0;
const LONGEST: f64 = 400.0;
const LINE: f64 = 26.0;
const TITLE: f64 = 44.0;

struct Bar {
    name: String,
    a_second: f64,
    ours: bool,
}

pub fn svg(figures: &Figures) -> String {
    let panels = [
        ("ES256, 324 bytes: tokens verified a second, one core", es256(figures)),
        ("HS256, 281 bytes: tokens verified a second, one core", table(figures, "HS256 281 B")),
    ];
    let lines: usize = panels.iter().map(|(_, bars)| bars.len()).sum();
    let height = panels.len() as f64 * TITLE + lines as f64 * LINE + 16.0;
    let mut text = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-label="Tokens verified a second">
<style>text{{font:14px system-ui,sans-serif;fill:#24292f}}.title{{font-weight:600}}.ours{{fill:#0f766e}}.peer{{fill:#94a3b8}}@media(prefers-color-scheme:dark){{text{{fill:#e6edf3}}.ours{{fill:#2dd4bf}}.peer{{fill:#64748b}}.ground{{fill:#0d1117}}}}.ground{{fill:#fff}}</style>
<rect class="ground" width="{WIDTH}" height="{height}"/>
"#
    );
    // The rule for dark screens has to come after the one it changes.
    text = text.replace(".ground{fill:#fff}</style>", "</style>").replace("<style>", "<style>.ground{fill:#fff}");
    let mut y = 0.0;
    for (title, bars) in &panels {
        y += TITLE;
        let _ = writeln!(text, r#"<text class="title" x="16" y="{:.0}">{title}</text>"#, y - 14.0);
        let most = bars.iter().map(|bar| bar.a_second).fold(1.0, f64::max);
        let peers = bars.iter().filter(|bar| bar.name.starts_with(JSONWEBTOKEN)).map(|bar| bar.a_second);
        let fastest_peer = peers.fold(1.0, f64::max);
        for bar in bars {
            let (length, class) = (LONGEST * bar.a_second / most, if bar.ours { "ours" } else { "peer" });
            let middle = y + 18.0;
            let _ = writeln!(
                text,
                r#"<text x="{:.0}" y="{middle:.0}" text-anchor="end">{}</text><rect class="{class}" x="{BARS}" y="{:.0}" width="{length:.1}" height="18" rx="2"/><text x="{:.1}" y="{middle:.0}">{} · {:.1}×</text>"#,
                BARS - 10.0,
                escaped(&bar.name),
                y + 4.0,
                BARS + length + 8.0,
                grouped(bar.a_second),
                bar.a_second / fastest_peer,
            );
            y += LINE;
        }
    }
    text.push_str("</svg>\n");
    text
}

/// The complete tokens, and the batches, which are in a table of their own.
fn es256(figures: &Figures) -> Vec<Bar> {
    let mut bars: Vec<_> = ["86 KiB"]
        .into_iter()
        .filter_map(|memory| {
            let figure = figures.find(many_keys::TABLE, &many_keys::batch(memory), many_keys::ONE_KEY)?;
            let name = format!("glowband, prepared ({memory}), batches of 8");
            Some(Bar { name, a_second: 1e9 / figure.fastest, ours: true })
        })
        .collect();
    bars.extend(table(figures, "ES256 324 B"));
    bars
}

/// The fastest first.
fn table(figures: &Figures, column: &str) -> Vec<Bar> {
    let figures = figures.0.iter().filter(|it| it.table == complete::TABLE && it.column == column);
    let mut bars: Vec<_> = figures
        .filter(|it| !it.row.contains("`HostVerifier`"))
        .map(|it| Bar { name: short(&it.row), a_second: 1e9 / it.fastest, ours: it.row.starts_with("glowband") })
        .collect();
    bars.sort_by(|one, other| other.a_second.total_cmp(&one.a_second));
    bars
}

fn short(row: &str) -> String {
    match row {
        complete::CORE => "glowband-core".into(),
        complete::NOT_PREPARED => "glowband, not prepared".into(),
        complete::PORTABLE => "glowband, prepared, portable".into(),
        complete::VECTORS => "glowband, prepared (86 KiB), IFMA".into(),
        complete::WIDE_VECTORS => "glowband, prepared (256 KiB), IFMA".into(),
        _ => row.replace("11.1.0 ", "11 "),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Thousands apart.
fn grouped(number: f64) -> String {
    let thousands = (number / 1000.0).round();
    if thousands >= 1000.0 { format!("{:.2} million", thousands / 1000.0) } else { format!("{thousands:.0} 000") }
}
