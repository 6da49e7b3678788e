//! Ratios to reach against jsonwebtoken's faster provider, and whether they are.

use crate::figures::{Figures, Ratio};
use crate::peers::JSONWEBTOKEN;
use crate::tables::{cache, complete, many_keys};

pub struct Goal {
    pub path: &'static str,
    table: &'static str,
    row: String,
    column: &'static str,
    pub least: f64,
    pub stretch: f64,
}

pub fn all() -> Vec<Goal> {
    let goal = |path, table, row: &str, column, least, stretch| {
        let row = row.to_string();
        Goal { path, table, row, column, least, stretch }
    };
    let complete = |path, row, column, least, stretch| goal(path, complete::TABLE, row, column, least, stretch);
    let batch = |path, memory| goal(path, many_keys::TABLE, &many_keys::batch(memory), many_keys::ONE_KEY, 16.0, 25.0);
    vec![
        complete("HS256 complete, 281 B", complete::CORE, "HS256 281 B", 3.5, 4.5),
        complete("HS256 complete, 964 B", complete::CORE, "HS256 964 B", 2.8, 3.3),
        complete("ES256 complete, prepared key, portable safe Rust", complete::PORTABLE, "ES256 324 B", 3.5, 4.2),
        complete("ES256 complete, prepared key, IFMA, 86 KiB a key", complete::VECTORS, "ES256 324 B", 11.0, 15.0),
        complete("ES256 complete, prepared key, IFMA, 256 KiB", complete::WIDE_VECTORS, "ES256 324 B", 11.0, 15.0),
        batch("ES256 batch of eight, IFMA, per token, 86 KiB a key", "86 KiB"),
        batch("ES256 batch of eight, IFMA, per token, 256 KiB", "256 KiB"),
        complete("ES256 complete, key not prepared", complete::NOT_PREPARED, "ES256 324 B", 1.0, 1.05),
        goal("cache hit, HS256 281 B", cache::TABLE, cache::HIT, "HS256 281 B", 25.0, 25.0),
        goal("cache hit, ES256 324 B", cache::TABLE, cache::HIT, "ES256 324 B", 600.0, 600.0),
    ]
}

impl Goal {
    /// Each ratio is taken within one process; the peer's faster provider is the one with the smaller ratio. `None`
    /// where this processor cannot run it.
    pub fn ratio(&self, runs: &[Figures]) -> Option<Ratio> {
        runs.iter()
            .filter_map(|figures| figures.ratio(self.table, &self.row, self.column, JSONWEBTOKEN))
            .min_by(|one, other| one.by_fastest.total_cmp(&other.by_fastest))
    }

    pub fn verdict(&self, ratio: Option<Ratio>) -> &'static str {
        match ratio {
            None => "not on this processor",
            Some(ratio) if ratio.by_fastest >= self.stretch => "reached, stretch too",
            Some(ratio) if ratio.by_fastest >= self.least => "reached",
            Some(_) => "**not reached**",
        }
    }
}
