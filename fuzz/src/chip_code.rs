//! Code that only machines without an operating system run.

use crate::input::Input;
use glowband_core::internals::is_utf8;
use glowband_sha256::{HmacKey, digest};
use sha2::{Digest as _, Sha256};

/// Where the two are cut, the length of the key, then what is checked and hashed.
pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (cut, key) = (input.byte(), input.byte());
    let bytes = input.rest();
    assert_eq!(is_utf8(bytes), std::str::from_utf8(bytes).is_ok(), "UTF-8");

    let (front, behind) = bytes.split_at(usize::from(cut).min(bytes.len()));
    assert_eq!(digest(front, behind), <[u8; 32]>::from(Sha256::digest(bytes)), "SHA-256");

    let (key, message) = bytes.split_at(usize::from(key).min(bytes.len()));
    assert_eq!(HmacKey::new(key).tag(message).to_vec(), glowband_tests::signing::hmac_sha256(key, message), "HMAC");
}
