#![cfg_attr(not(feature = "narrow-limbs"), doc = include_str!("../README.md"))]
// The examples of the README name the other package.
#![cfg_attr(feature = "narrow-limbs", doc = "`glowband-p256` with 32-bit limbs, for tests.")]
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
// Some functions are only used through `internals`.
#![cfg_attr(not(feature = "internals"), allow(dead_code))]
// No code here may panic; the firmware proves it when it is linked.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod backend;
mod field;
mod hashing;
mod inverse;
// Both widths give the same numbers. The package `glowband-p256-narrow` has this feature, compiles these sources a second
// time, and so runs every test of 32-bit machines on a 64-bit one. This package has no such feature.
#[cfg(any(not(target_pointer_width = "64"), feature = "narrow-limbs"))]
mod limbs32;
#[cfg(all(target_pointer_width = "64", not(feature = "narrow-limbs")))]
mod limbs64;
mod number;
mod point;
mod prepared;
mod recode;
mod scalar;
mod shape;
mod stored;
mod table;

#[cfg(test)]
mod samples;

#[cfg(any(not(target_pointer_width = "64"), feature = "narrow-limbs"))]
use limbs32 as limbs;
#[cfg(all(target_pointer_width = "64", not(feature = "narrow-limbs")))]
use limbs64 as limbs;

pub use prepared::{InvalidSignature, PreparedKey};
pub use shape::TableShape;
pub use stored::TABLE_HEADER;
pub use table::{PreparedTable, TableEntry, TableError};

/// The parts that another implementation of the arithmetic and the fuzz targets use. May change in any version.
#[cfg(feature = "internals")]
pub mod internals {
    pub use crate::backend::{N, Number, P, PointSum, SignatureScalars, coordinates, verify_with, window_digits};
    pub use crate::field::FieldElement;
    pub use crate::limbs::Words;
    pub use crate::number::{be_bytes, from_be_bytes};
    pub use crate::scalar::{Scalars, folded};
}
