//! The parts of the suite that need nothing but the core.
//!
//! The suite is built from all of the product. A mutant of the core would have all of it built anew; of this, only the core.

#[path = "../suite/properties/mod.rs"]
mod properties;
#[path = "../suite/vectors/verdicts.rs"]
mod verdicts;

use glowband_tests::vector::{Vector, VectorFile};

/// Every vector of `threats.json`.
fn all() -> Vec<Vector> {
    VectorFile::read().vectors
}
