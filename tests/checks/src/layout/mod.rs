//! The rules about the tree itself.

pub(crate) mod arrows;
pub(crate) mod duplicates;
pub(crate) mod files;
pub(crate) mod prose;
mod rust_text;
