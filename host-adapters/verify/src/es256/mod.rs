//! ES256 for servers: keys whose multiples are computed once, in memory of their own.
//!
//! | file | knows |
//! |---|---|
//! | `host_key.rs` | the key: aws-lc at first, its own tables once they are there |
//! | `preparation.rs` | when keys are prepared, and with how much memory |
//! | `preparer.rs` | the thread that prepares the keys of a set |
//! | `table_memory.rs` | the memory of a table; the generator's tables, which all keys share |
//! | `prepared_key.rs` | a check against tables, with or without vectors |
//! | `batch.rs` | many signatures, eight side by side |
//! | `ifma.rs` | the way through tables and lanes, by AVX-512 IFMA |
//! | `ifma_point.rs` | eight sums of points |
//! | `ifma_entries.rs` | entries of tables, loaded into lanes |
//! | `ifma_field.rs` | eight sums and products modulo p |
//! | `ifma_lanes.rs` | eight numbers modulo p; the bounds of lazy reduction, proved by their types |
//! | `no_ifma.rs` | what other processors have in place of these five |
//!
//! `ifma.rs` and `ifma_entries.rs` are the only files with `unsafe` in them, and it takes an `Ifma` to get there: a value
//! that only a processor with the instructions has.
//!
//! Everything in a verification is public, so nothing here is constant-time: **not for secrets.**

mod batch;
mod host_key;
#[cfg(target_arch = "x86_64")]
mod ifma;
#[cfg(target_arch = "x86_64")]
mod ifma_entries;
#[cfg(target_arch = "x86_64")]
pub mod ifma_field;
#[cfg(target_arch = "x86_64")]
pub mod ifma_lanes;
#[cfg(target_arch = "x86_64")]
mod ifma_point;
#[cfg(not(target_arch = "x86_64"))]
mod no_ifma;
mod preparation;
mod prepared_key;
mod preparer;
mod table_memory;

#[cfg(not(target_arch = "x86_64"))]
use no_ifma as ifma;

pub(crate) use batch::{Es256Signature, check_all};
pub use host_key::{Es256Arithmetic, HostEs256Key};
pub use preparation::Preparation;
pub(crate) use preparer::Preparer;

#[cfg(test)]
mod tests;
