//! Numbers below 2^256 with limbs of any width: bytes, bits, order.

use super::limbs::{self, Limb, Words};

pub const ZERO: Words = limbs::from_u32([0; 8]);
pub const ONE: Words = limbs::from_u32([1, 0, 0, 0, 0, 0, 0, 0]);

/// Reads a number from its bytes, highest first, the order in signatures, hashes and points (SEC 1 §2.3.8).
pub fn from_be_bytes(bytes: &[u8; 32]) -> Words {
    let mut words = ZERO;
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0.iter().rev()) {
        *word = Limb::from_be_bytes(*bytes);
    }
    words
}

/// Returns the bytes of a number, highest first.
pub fn be_bytes(number: &Words) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(number.iter().rev()) {
        *place = word.to_be_bytes();
    }
    bytes
}

/// Reads a number from its bytes, lowest first.
#[inline(always)]
pub fn from_le_bytes(bytes: &[u8; 32]) -> Words {
    let mut words = ZERO;
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = Limb::from_le_bytes(*bytes);
    }
    words
}

/// Returns the bytes of a number, lowest first.
pub fn le_bytes(number: &Words) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(number) {
        *place = word.to_le_bytes();
    }
    bytes
}

/// Returns true if a < b.
#[inline(always)]
pub fn less(a: &Words, b: &Words) -> bool {
    limbs::sub(a, b).1 == 1
}

/// Returns the bits of one limb's width that begin at bit `from`. Bits above the number are zero.
#[inline(always)]
pub const fn bits(number: &Words, from: u32) -> Limb {
    let mut rest: &[Limb] = number;
    let mut shift = from;
    while let [_, higher @ ..] = rest
        && shift >= Limb::BITS
    {
        rest = higher;
        shift -= Limb::BITS;
    }
    match *rest {
        // Two shifts, because a shift by the whole width is an overflow.
        [low, high, ..] => low >> shift | high << 1 << (Limb::BITS - 1 - shift),
        [low] => low >> shift,
        [] => 0,
    }
}
