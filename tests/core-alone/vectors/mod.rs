//! The frozen table and the vectors: every token gets its number, and every number has a token.

mod coverage;
mod table;
mod verdicts;

use glowband_tests::vector::{Vector, VectorFile};
use glowband_tests::vectors_folder;
use std::fs;

fn text(name: &str) -> String {
    let path = vectors_folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every vector of `threats.json`.
fn all() -> Vec<Vector> {
    VectorFile::read().vectors
}
