//! HS256 for servers: one token as the core does it, several with their hashes interleaved.
//!
//! | file | knows |
//! |---|---|
//! | `host_key.rs` | the key: the core's, and its two prepared states |
//! | `padded.rs` | a message as the blocks that its hash consumes |
//! | `shani_streams.rs` | two hashes at once; the only file here with `unsafe` in it |
//! | `batch.rs` | many tags at once |
//!
//! Keys and tags are secret: no branch and no index depends on them, and tags are compared in constant time.

mod batch;
mod host_key;
#[cfg(not(target_arch = "x86_64"))]
mod no_shani_streams;
mod padded;
#[cfg(target_arch = "x86_64")]
mod shani_streams;

#[cfg(not(target_arch = "x86_64"))]
use no_shani_streams as shani_streams;

pub(crate) use batch::{Hs256Tag, check_all};
pub(crate) use host_key::HostHs256Key;
