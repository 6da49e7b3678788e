//! What several kinds of evidence share: the frozen tables, a second implementation that signs, second readings of JSON,
//! of dates and of lines, names that resemble each other, and the trial of one vector by the core.

pub mod accepts_all;
pub mod claims_text;
pub mod date_oracle;
pub mod equal_tags;
pub mod field_case;
pub mod framing_oracle;
pub mod json_oracle;
pub mod name_families;
pub mod refusal_table;
pub mod signing;
pub mod trial;
pub mod vector;

use std::path::{Path, PathBuf};

/// The folder of the vectors.
pub fn vectors_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// The Rust of the page for those who come from other libraries is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../host-adapters/verify/MIGRATING.md")]
mod migrating {}

/// The examples of the project's own README compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
