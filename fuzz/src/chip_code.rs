//! What machines without an operating system run instead of crates: core's sources for them, compiled here once more.

use crate::input::Input;
use crate::sha256::digest;
use sha2::{Digest as _, Sha256};

#[path = "../../core/src/alg/keyed_by_blocks.rs"]
mod keyed_by_blocks;
#[path = "../../core/src/json/small_utf8.rs"]
mod small_utf8;

/// Where the two are cut, the length of the key, then what is judged and hashed.
pub fn compare(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (cut, key) = (input.byte(), input.byte());
    let bytes = input.rest();
    assert_eq!(small_utf8::is_utf8(bytes), std::str::from_utf8(bytes).is_ok(), "UTF-8");

    let (front, behind) = bytes.split_at(usize::from(cut).min(bytes.len()));
    assert_eq!(digest(front, behind), <[u8; 32]>::from(Sha256::digest(bytes)), "SHA-256");

    let (key, message) = bytes.split_at(usize::from(key).min(bytes.len()));
    let tag = keyed_by_blocks::Keyed::new(key).and_then(|keyed| keyed.tag(message));
    assert_eq!(tag.map(Vec::from), Some(glowband_tests::signing::hmac_sha256(key, message)), "HMAC");
}
