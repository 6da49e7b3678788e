//! HMAC over the SHA-256 of this crate, for machines without an operating system.

use crate::sha256::{BLOCK, START, State, compress, finish};

/// The hash states behind the inner and the outer key block.
#[derive(Clone)]
pub(super) struct Keyed {
    inner: State,
    outer: State,
}

impl Keyed {
    pub(super) fn new(secret: &[u8]) -> Option<Self> {
        let mut block = [0; BLOCK];
        if let Some(place) = block.get_mut(..secret.len()) {
            place.copy_from_slice(secret);
        } else {
            *block.first_chunk_mut()? = finish(&mut START.clone(), secret, 0);
        }
        Some(Self { inner: behind(&block, 0x36), outer: behind(&block, 0x5c) })
    }

    pub(super) fn tag(&self, input: &[u8]) -> Option<[u8; 32]> {
        let hash = finish(&mut self.inner.clone(), input, BLOCK);
        Some(finish(&mut self.outer.clone(), &hash, BLOCK))
    }
}

/// The state behind the key block with each byte changed by `pad` (RFC 2104 §2).
#[inline(never)]
fn behind(block: &[u8; BLOCK], pad: u8) -> State {
    let mut state = START;
    let mut padded = *block;
    for word in padded.as_chunks_mut().0 {
        *word = (u32::from_ne_bytes(*word) ^ u32::from_ne_bytes([pad; 4])).to_ne_bytes();
    }
    compress(&mut state, &padded);
    state
}
