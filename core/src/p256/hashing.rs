//! SHA-256 of two pieces, one behind the other: by the processor's instructions where a host has them, else by this
//! crate.

#[cfg(target_os = "none")]
pub(super) use crate::sha256::digest as sha256;

#[cfg(not(target_os = "none"))]
pub(super) fn sha256(front: &[u8], behind: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::new().chain_update(front).chain_update(behind).finalize().into()
}
