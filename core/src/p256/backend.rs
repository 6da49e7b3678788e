//! For another implementation of the same arithmetic, with vectors or a coprocessor, that takes tables and scalars
//! from here. Nobody else needs it; it may change in any version.

use super::limbs::Words;
use super::number;
use super::recode;
use super::scalar::{self, Scalars};
use super::table::{self, TableEntry};

/// A number below 2^256, lowest limb first.
pub type Number = [u64; 4];

/// p, the order of the field (SP 800-186 §3.2.1.3).
pub const P: Number = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];

/// n, the order of the group.
pub const N: Number = [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

/// What a signature and a hash make of each other (FIPS 186-5 §6.4.2): R = u1·G + u2·Q has to have x = r modulo n.
///
/// The last step is the caller's: R is not infinity, and its x is r, or r + n where that is below [`P`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureScalars {
    /// In 1..n−1.
    pub r: Number,
    /// hash / s modulo n.
    pub u1: Number,
    /// r / s modulo n.
    pub u2: Number,
}

impl SignatureScalars {
    /// Of r ‖ s. `None` unless both are in 1..n−1.
    pub fn new(signature: &[u8; 64], hash: &[u8; 32]) -> Option<Self> {
        let [scalars] = Self::batch([(signature, hash)]);
        scalars
    }

    /// Of several signatures, at the price of one inversion.
    pub fn batch<const COUNT: usize>(signed: [(&[u8; 64], &[u8; 32]); COUNT]) -> [Option<Self>; COUNT] {
        Scalars::batch(signed)
            .map(|scalars| scalars.map(|it| Self { r: exported(&it.r), u1: exported(&it.u1), u2: exported(&it.u2) }))
    }
}

/// The digits of a scalar below n in windows of `width` bits (2 to 8), lowest first, each between −2^(w−1) and 2^(w−1).
///
/// Digit d of window i stands for entry |d| − 1 of part i of a table of windows, negated if d < 0. Fills as many
/// digits as there are windows: 256 / width, rounded up.
pub fn window_digits(scalar: &Number, width: u32, digits: &mut [i16]) {
    let (scalar, opposite) = scalar::folded(&imported(scalar));
    let mut places = digits.iter_mut();
    recode::windows(&scalar, width.clamp(2, 8), |digit| {
        if let Some(place) = places.next() {
            *place = if opposite { -digit } else { digit };
        }
    });
}

/// The affine coordinates of an entry, out of Montgomery's form.
pub fn coordinates(entry: &TableEntry) -> (Number, Number) {
    let point = table::load(entry);
    (exported(&point.x.number()), exported(&point.y.number()))
}

fn exported(words: &Words) -> Number {
    let mut number = [0; 4];
    for (place, bytes) in number.iter_mut().zip(number::le_bytes(words).as_chunks().0) {
        *place = u64::from_le_bytes(*bytes);
    }
    number
}

fn imported(number: &Number) -> Words {
    let mut bytes = [0; 32];
    for (place, limb) in bytes.as_chunks_mut().0.iter_mut().zip(number) {
        *place = limb.to_le_bytes();
    }
    number::from_le_bytes(&bytes)
}

#[cfg(test)]
#[path = "tests/backend.rs"]
mod tests;
