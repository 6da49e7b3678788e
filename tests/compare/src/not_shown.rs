//! Cases that are left out, for all.

pub const CASES: &[&str] = &[];
