//! SHA-256 of two slices, one after the other: `sha2` on hosts, which uses the processor's hash instructions, and
//! `glowband-sha256` where flash is scarce.

#[cfg(target_os = "none")]
pub(super) use glowband_sha256::digest as sha256;

#[cfg(not(target_os = "none"))]
pub(super) fn sha256(front: &[u8], behind: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::new().chain_update(front).chain_update(behind).finalize().into()
}
