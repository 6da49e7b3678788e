//! Whole tokens.

#[cfg(feature = "peers")]
pub mod differential;
pub mod genuine;
pub mod hs256_batch;
pub mod past_signature;
pub mod structured;
