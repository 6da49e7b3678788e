//! The figures as Markdown, and whether a goal was missed.

use crate::contest::Outcome;
use std::fmt::Write;

#[derive(Default)]
pub struct Report {
    pub text: String,
    pub missed: Vec<String>,
}

impl Report {
    pub fn heading(&mut self, text: &str) {
        self.line(&format!("\n## {text}\n"));
    }

    /// A paragraph, in lines as they are given.
    pub fn paragraph(&mut self, text: &str) {
        self.line(&format!("{text}\n"));
    }

    /// A table; all columns but the first are numbers.
    pub fn table(&mut self, columns: &[&str], rows: &[Vec<String>]) {
        // Two tables with nothing in between would be one.
        if self.text.ends_with("|\n") {
            self.line("");
        }
        self.line(&format!("| {} |", columns.join(" | ")));
        self.line(&format!("|---|{}", "--:|".repeat(columns.len() - 1)));
        for row in rows {
            self.line(&format!("| {} |", row.join(" | ")));
        }
    }

    /// Outcomes of one contest; the ratio is to the first of them, by medians.
    pub fn outcomes(&mut self, what: &str, outcomes: &[Outcome]) {
        let Some(first) = outcomes.first() else { return };
        let rows: Vec<_> = outcomes
            .iter()
            .map(|outcome| {
                let cost = outcome.cost().map_or_else(String::new, |(_, median)| number(median));
                let ratio = format!("{:.2}×", first.median() / outcome.median());
                vec![outcome.name.clone(), number(outcome.best()), number(outcome.median()), ratio, cost]
            })
            .collect();
        self.table(&[what, "best round", "median", "Glowband's median to it", "server's µs per answer"], &rows);
    }

    fn line(&mut self, line: &str) {
        println!("{line}");
        writeln!(self.text, "{line}").expect("memory takes it");
    }
}

/// With three digits that count, or all before the point.
pub fn number(value: f64) -> String {
    let digits = match value {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    };
    let plain = format!("{value:.digits$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        let written = [0.5, 12.34, 999.6, 1234.5, 1_234_567.0].map(number);
        assert_eq!(written, ["0.50", "12.3", "1 000", "1 234", "1 234 567"]);
    }
}
