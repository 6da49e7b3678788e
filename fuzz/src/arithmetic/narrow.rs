//! Core's sources with limbs of 32 bits.

#![allow(dead_code, unreachable_pub, clippy::all)]

#[path = "../../../core/src/p256/limbs32.rs"]
mod limbs;

#[path = "../../../core/src/p256/backend.rs"]
mod backend;
#[path = "operations.rs"]
pub mod checks;
#[path = "../../../core/src/p256/field.rs"]
mod field;
#[path = "../../../core/src/p256/hashing.rs"]
mod hashing;
#[path = "../../../core/src/p256/inverse.rs"]
mod inverse;
#[path = "../../../core/src/p256/number.rs"]
mod number;
#[path = "../../../core/src/p256/point.rs"]
mod point;
#[path = "../../../core/src/p256/prepared.rs"]
mod prepared;
#[path = "../../../core/src/p256/recode.rs"]
mod recode;
#[path = "../../../core/src/p256/scalar.rs"]
mod scalar;
#[path = "../../../core/src/p256/shape.rs"]
mod shape;
#[path = "../../../core/src/p256/stored.rs"]
mod stored;
#[path = "../../../core/src/p256/table.rs"]
mod table;

pub use prepared::PreparedEs256Key;
pub use shape::TableShape;
pub use table::PreparedTable;
