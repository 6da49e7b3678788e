//! The same sources over 32-bit limbs, so that the tests of the host try those of the chips as well.

#[path = "../limbs32.rs"]
mod limbs;

#[path = "../backend.rs"]
mod backend;
#[path = "../field.rs"]
mod field;
#[path = "../hashing.rs"]
mod hashing;
#[path = "../inverse.rs"]
mod inverse;
#[path = "../number.rs"]
mod number;
#[path = "../point.rs"]
mod point;
#[path = "../prepared.rs"]
mod prepared;
#[path = "../recode.rs"]
mod recode;
#[path = "../scalar.rs"]
mod scalar;
#[path = "../shape.rs"]
mod shape;
#[path = "../stored.rs"]
mod stored;
#[path = "../table.rs"]
mod table;
