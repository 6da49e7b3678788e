//! Numbers below 2^256, whatever their limbs: bytes, bits, order.

use super::limbs::{self, Limb, Words};

pub(super) const ZERO: Words = limbs::from_u32([0; 8]);
pub(super) const ONE: Words = limbs::from_u32([1, 0, 0, 0, 0, 0, 0, 0]);

/// A number from its bytes, highest first, as signatures, hashes and points have them (SEC 1 §2.3.8).
pub(super) fn from_be_bytes(bytes: &[u8; 32]) -> Words {
    let mut words = ZERO;
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0.iter().rev()) {
        *word = Limb::from_be_bytes(*bytes);
    }
    words
}

/// The bytes of a number, highest first.
pub(super) fn be_bytes(number: &Words) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(number.iter().rev()) {
        *place = word.to_be_bytes();
    }
    bytes
}

/// A number from its bytes, lowest first.
#[inline(always)]
pub(super) fn from_le_bytes(bytes: &[u8; 32]) -> Words {
    let mut words = ZERO;
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = Limb::from_le_bytes(*bytes);
    }
    words
}

/// The bytes of a number, lowest first.
pub(super) fn le_bytes(number: &Words) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(number) {
        *place = word.to_le_bytes();
    }
    bytes
}

/// a < b.
#[inline(always)]
pub(super) fn less(a: &Words, b: &Words) -> bool {
    limbs::sub(a, b).1 == 1
}

/// As many bits as a limb has, from this one upwards; zeros behind the end.
#[inline(always)]
pub(super) const fn bits(number: &Words, from: u32) -> Limb {
    let mut rest: &[Limb] = number;
    let mut shift = from;
    while let [_, higher @ ..] = rest
        && shift >= Limb::BITS
    {
        rest = higher;
        shift -= Limb::BITS;
    }
    match *rest {
        // Two shifts, because a shift by all bits is none.
        [low, high, ..] => low >> shift | high << 1 << (Limb::BITS - 1 - shift),
        [low] => low >> shift,
        [] => 0,
    }
}
