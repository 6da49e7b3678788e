//! Ratios to reach against jsonwebtoken's faster provider, and whether they are.

use crate::figures::{Figures, Pair};
use crate::peers::JSONWEBTOKEN;
use crate::tables::{alone, cache, complete, many_keys};

/// One of ours in one of the tables, to be compared with the peer there.
pub struct Path {
    pub name: &'static str,
    table: &'static str,
    row: String,
    column: &'static str,
}

pub struct Goal {
    pub path: Path,
    pub least: f64,
    pub stretch: f64,
    /// What keeps it from being reached, where that is known.
    pub why_missed: &'static str,
}

const fn path(name: &'static str, table: &'static str, row: String, column: &'static str) -> Path {
    Path { name, table, row, column }
}

fn complete(name: &'static str, row: &str, column: &'static str) -> Path {
    path(name, complete::TABLE, row.into(), column)
}

fn structs(name: &'static str, column: &'static str) -> Path {
    path(name, complete::STRUCT_TABLE, complete::BORROWED.into(), column)
}

fn batch(name: &'static str, memory: &str, column: &'static str) -> Path {
    path(name, many_keys::TABLE, many_keys::batch(memory), column)
}

fn hit(name: &'static str, column: &'static str) -> Path {
    path(name, cache::TABLE, cache::HIT.into(), column)
}

const HS256: &str = "HS256 281 B";
const LONG_HS256: &str = "HS256 964 B";
const ES256: &str = "ES256 324 B";

pub fn all() -> Vec<Goal> {
    let goal = |path, least, stretch| Goal { path, least, stretch, why_missed: "" };
    let half_is_hashing = "half of the time is the hash, and the peer's hash is as fast where there are SHA extensions";
    vec![
        goal(complete("HS256 complete, 281 B", complete::CORE, HS256), 3.5, 4.5),
        Goal {
            why_missed: half_is_hashing,
            ..goal(complete("HS256 complete, 964 B", complete::CORE, LONG_HS256), 2.8, 3.3)
        },
        goal(complete("ES256 complete, prepared key, portable safe Rust", complete::PORTABLE, ES256), 3.5, 4.2),
        goal(complete("ES256 complete, prepared key, IFMA, 86 KiB a key", complete::VECTORS, ES256), 11.0, 15.0),
        goal(complete("ES256 complete, prepared key, IFMA, 256 KiB", complete::WIDE_VECTORS, ES256), 11.0, 15.0),
        goal(complete("ES256 batch of eight, IFMA, per token, 86 KiB a key", complete::BATCH, ES256), 16.0, 25.0),
        goal(complete("ES256 batch of eight, IFMA, per token, 256 KiB", complete::WIDE_BATCH, ES256), 16.0, 25.0),
        goal(complete("ES256 complete, key seen for the first time", complete::NOT_PREPARED, ES256), 1.0, 1.05),
        goal(hit("cache hit, HS256 281 B", HS256), 25.0, 25.0),
        goal(hit("cache hit, ES256 324 B", ES256), 600.0, 600.0),
    ]
}

/// What the README shows of it all.
pub fn overview() -> Vec<Path> {
    vec![
        complete("HS256, 281 B", complete::CORE, HS256),
        structs("HS256, 281 B, all claims into a struct", HS256),
        complete("HS256, 964 B", complete::CORE, LONG_HS256),
        complete("ES256, 324 B, core alone (RustCrypto)", complete::CORE, ES256),
        complete("ES256, 324 B, key not prepared", complete::NOT_PREPARED, ES256),
        complete("ES256, 324 B, prepared key, portable", complete::PORTABLE, ES256),
        complete("ES256, 324 B, prepared key, IFMA, 86 KiB", complete::VECTORS, ES256),
        complete("ES256, 324 B, prepared key, IFMA, 256 KiB", complete::WIDE_VECTORS, ES256),
        complete("ES256, 324 B, prepared key, IFMA, 86 KiB, in batches of eight", complete::BATCH, ES256),
        complete("ES256, 324 B, prepared key, IFMA, 256 KiB, in batches of eight", complete::WIDE_BATCH, ES256),
        hit("HS256, 281 B, in the cache", HS256),
        hit("ES256, 324 B, in the cache", ES256),
    ]
}

/// And that of the verifier, about prepared keys.
pub fn prepared_keys() -> Vec<Path> {
    vec![
        complete("not prepared", complete::NOT_PREPARED, ES256),
        complete("prepared, portable", complete::PORTABLE, ES256),
        complete("prepared, AVX-512 IFMA", complete::VECTORS, ES256),
        path("the same, a crafted signature", many_keys::CRAFTED_TABLE, many_keys::CRAFTED_ROW.into(), "crafted"),
        complete("batch of eight", complete::BATCH, ES256),
        batch("batch of eight, 16 keys at random", "86 KiB", "16 keys"),
        batch("batch of eight, 256 keys at random (22 MiB of tables)", "86 KiB", "256 keys"),
    ]
}

/// What the other figures of a table are ratios to.
pub fn reference(table: &str) -> &'static str {
    match table {
        alone::ES256_TABLE | alone::HMAC_TABLE => alone::AWS_LC,
        _ => JSONWEBTOKEN,
    }
}

impl Path {
    /// Beside the peer's faster provider; each is compared within one process. `None` where this processor cannot run it.
    pub fn pair<'f>(&self, runs: &'f [Figures]) -> Option<Pair<'f>> {
        runs.iter()
            .filter_map(|figures| figures.pair(self.table, &self.row, self.column, JSONWEBTOKEN))
            .min_by(|one, other| one.by_fastest().total_cmp(&other.by_fastest()))
    }
}

impl Goal {
    pub fn is_missed(&self, pair: Option<Pair<'_>>) -> bool {
        pair.is_some_and(|pair| pair.by_fastest() < self.least)
    }

    pub fn verdict(&self, pair: Option<Pair<'_>>) -> String {
        match pair {
            None => "not on this processor".into(),
            Some(pair) if pair.by_fastest() >= self.stretch => "reached, stretch too".into(),
            Some(pair) if pair.by_fastest() >= self.least => "reached".into(),
            Some(_) if self.why_missed.is_empty() => "**missed**".into(),
            Some(_) => format!("**missed**: {}", self.why_missed),
        }
    }
}
