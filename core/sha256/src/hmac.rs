//! HMAC with SHA-256 (RFC 2104).

use crate::{BLOCK, START, State, compress, finish};
use core::fmt;

/// A secret key for HMAC-SHA-256: the hash states after the inner and the outer key block.
#[derive(Clone)]
pub struct HmacKey {
    inner: State,
    outer: State,
}

impl HmacKey {
    /// Makes a key from a secret of any length. The secret itself is not kept.
    pub fn new(secret: &[u8]) -> Self {
        let mut block = [0; BLOCK];
        if let Some(place) = block.get_mut(..secret.len()) {
            place.copy_from_slice(secret);
        } else if let Some(place) = block.first_chunk_mut() {
            *place = finish(&mut START.clone(), secret, 0);
        }
        Self { inner: after(&block, 0x36), outer: after(&block, 0x5c) }
    }

    /// Computes the tag of a message.
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        let hash = finish(&mut self.inner.clone(), message, BLOCK);
        finish(&mut self.outer.clone(), &hash, BLOCK)
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacKey(secret)")
    }
}

/// Returns the state after the key block, each of whose bytes is changed by `pad` (RFC 2104 §2).
#[inline(never)]
fn after(block: &[u8; BLOCK], pad: u8) -> State {
    let mut state = START;
    let mut padded = *block;
    for word in padded.as_chunks_mut().0 {
        *word = (u32::from_ne_bytes(*word) ^ u32::from_ne_bytes([pad; 4])).to_ne_bytes();
    }
    compress(&mut state, &padded);
    state
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::Sha256;

    #[test]
    fn every_length_has_the_tag_that_hmac_computes() {
        let bytes: Vec<u8> = (0..300_u32).map(|i| (i * i * 31 + i * 7).to_le_bytes()[0]).collect();
        for secret in [0, 1, 32, 33, 63, 64, 65, 128, 129, 300] {
            let secret = &bytes[..secret];
            let key = HmacKey::new(secret);
            for length in 0..bytes.len() {
                let message = &bytes[bytes.len() - length..];
                let mut expected = Hmac::<Sha256>::new_from_slice(secret).unwrap();
                expected.update(message);
                let expected: [u8; 32] = expected.finalize().into_bytes().into();
                assert_eq!(key.tag(message), expected, "{length} bytes under {} of secret", secret.len());
            }
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", HmacKey::new(b"secret")), "HmacKey(secret)");
    }
}
