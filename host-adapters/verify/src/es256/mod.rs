//! ES256 for servers: keys whose multiples are computed once, in memory of their own.
//!
//! | file | knows |
//! |---|---|
//! | `host_key.rs` | the key: aws-lc at first, its own tables once they are there |
//! | `preparation.rs` | when keys are prepared, and with how much memory |
//! | `preparer.rs` | the thread that prepares the keys of a set |
//! | `table_memory.rs` | the memory of a table; the generator's tables, which all keys share |
//! | `prepared_key.rs` | a check against tables |
//!
//! Everything in a verification is public, so nothing here is constant-time: **not for secrets.**

mod host_key;
mod preparation;
mod prepared_key;
mod preparer;
mod table_memory;

pub use host_key::{Es256Arithmetic, HostEs256Key};
pub use preparation::Preparation;
pub(crate) use preparer::Preparer;
