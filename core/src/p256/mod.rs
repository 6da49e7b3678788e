//! ECDSA over P-256 against a prepared public key: safe Rust, no heap, no panic.
//!
//! [`PreparedEs256Key`] and its tables are at the top of the crate. This module is public for
//! [`backend`] alone: what another implementation of the same arithmetic takes from here.
//!
//! Everything in a verification is public, so nothing here is constant-time: **not for secrets.**
//!
//! | file | knows |
//! |---|---|
//! | `limbs64.rs`, `limbs32.rs` | sums and products of 256-bit numbers; the only part that differs between machines |
//! | `number.rs` | bytes, bits and order of a number |
//! | `field.rs` | numbers modulo p, in Montgomery's form |
//! | `inverse.rs` | inverses modulo p and n |
//! | `scalar.rs` | numbers modulo n, and what a signature makes of them |
//! | `point.rs` | points of the curve, and sums of them |
//! | `shape.rs` | which multiples a table holds |
//! | `recode.rs` | scalars as signed digits |
//! | `table.rs`, `stored.rs` | tables: built, checked, stored |
//! | `hashing.rs` | SHA-256 |
//! | `prepared.rs` | the key |
//! | `backend.rs` | what implementations elsewhere take from here |

#[cfg(target_pointer_width = "64")]
#[path = "limbs64.rs"]
mod limbs;
#[cfg(not(target_pointer_width = "64"))]
#[path = "limbs32.rs"]
mod limbs;

pub mod backend;
mod field;
mod hashing;
mod inverse;
mod number;
mod point;
mod prepared;
mod recode;
mod scalar;
mod shape;
mod stored;
mod table;

pub use prepared::PreparedEs256Key;
pub use shape::TableShape;
pub use stored::TABLE_HEADER;
pub use table::{PreparedTable, TableEntry, TableError};

#[cfg(all(test, target_pointer_width = "64"))]
#[allow(clippy::duplicate_mod, dead_code, unreachable_pub)]
#[path = "tests/narrow.rs"]
mod narrow;
#[cfg(test)]
#[path = "tests/ratio.rs"]
mod ratio;
#[cfg(test)]
#[path = "tests/samples.rs"]
mod samples;
