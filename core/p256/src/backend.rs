//! What another implementation of the same arithmetic, with vectors or a coprocessor, uses of this crate: tables,
//! scalars, digits, and the verification around its own sum of points.

// Digits have at most eight bits.
#![allow(clippy::cast_possible_truncation)]

use super::hashing::sha256;
use super::limbs::Words;
use super::number;
use super::prepared::{InvalidSignature, PreparedKey};
use super::scalar::{self, Scalars};
use super::table::{self, TableEntry};

/// A number below 2^256, lowest limb first.
pub type Number = [u64; 4];

/// p, the order of the field (SP 800-186 §3.2.1.3).
pub const P: Number = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];

/// n, the order of the group.
pub const N: Number = [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

/// The scalars of a verification (FIPS 186-5 §6.4.2): the signature is valid if R = u1·G + u2·Q has x = r modulo n.
///
/// The caller does the last step: R is not infinity, and its x is r, or r + n if that is below [`P`].
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
    /// Computes the scalars of the signature r ‖ s. `None` unless both numbers are in 1..n−1.
    pub fn new(signature: &[u8; 64], hash: &[u8; 32]) -> Option<Self> {
        Scalars::new(signature, hash).map(|scalars| Self::exported(&scalars))
    }

    /// Computes the scalars of several signatures with one inversion.
    pub fn batch<const COUNT: usize>(signed: [(&[u8; 64], &[u8; 32]); COUNT]) -> [Option<Self>; COUNT] {
        Scalars::batch(signed).map(|scalars| scalars.map(|scalars| Self::exported(&scalars)))
    }

    fn exported(scalars: &Scalars) -> Self {
        Self { r: exported(&scalars.r), u1: exported(&scalars.u1), u2: exported(&scalars.u2) }
    }
}

/// A sum of points of the curve, in any coordinates; see [`verify_with`].
pub trait PointSum {
    /// The point at infinity: the sum of no points.
    const INFINITY: Self;

    /// Returns true for the point at infinity.
    fn is_infinity(&self) -> bool;

    /// Doubles the point. Infinity stays infinity.
    fn double(&mut self);

    /// Adds an entry of a table, or its opposite. Equal and opposite points are added correctly too.
    fn add(&mut self, entry: &TableEntry, negative: bool);

    /// Returns X and ZZ of x = X/ZZ, each in the form of an entry's coordinates: times 2^256 modulo p, below p, lowest byte
    /// first. Never called for infinity.
    fn x_and_zz(&self) -> [[u8; 32]; 2];
}

/// Verifies a signature as [`PreparedKey::verify`] does, with the points added by `S`.
///
/// # Errors
/// Returns [`InvalidSignature`] for every failure.
pub fn verify_with<S: PointSum>(
    key: &PreparedKey<'_>,
    message: &[u8],
    signature: &[u8],
) -> Result<(), InvalidSignature> {
    let signature = signature.try_into().map_err(|_| InvalidSignature)?;
    key.verify_hash_with::<S>(&sha256(message, &[]), signature)
}

/// Writes the digits of a scalar below n in windows of `width` bits (2 to 8), lowest first, each between −2^(w−1) and
/// 2^(w−1).
///
/// Digit d of window i stands for entry |d| − 1 of part i of a table of windows, negated if d < 0. There is one digit for
/// each window: 256 / width, rounded up.
pub fn window_digits(scalar: &Number, width: u32, digits: &mut [i16]) {
    // With a constant width, every shift is a constant.
    match width {
        ..=2 => windows::<2>(scalar, digits),
        3 => windows::<3>(scalar, digits),
        4 => windows::<4>(scalar, digits),
        5 => windows::<5>(scalar, digits),
        6 => windows::<6>(scalar, digits),
        7 => windows::<7>(scalar, digits),
        8.. => windows::<8>(scalar, digits),
    }
}

fn windows<const WIDTH: u32>(scalar: &Number, digits: &mut [i16]) {
    let (scalar, opposite) = scalar::folded(&imported(scalar));
    let [a, b, c, d] = exported(&scalar);
    // Half a window is added to each window but the last. Each digit is then the window's bits less that half: it is
    // computed independently, without a carry chain. The last window still has at most 2^(w−1), because the scalar is
    // below 2^255.
    let [e, f, g, h] = const { halves(WIDTH) };
    let (a, carry) = a.overflowing_add(e);
    let (b, carry) = with_carry(b, f, carry);
    let (c, carry) = with_carry(c, g, carry);
    let (d, _) = with_carry(d, h, carry);
    let half = 1 << (WIDTH - 1);
    let count = 256_u32.div_ceil(WIDTH);
    for (window, place) in (0..count).zip(&mut *digits) {
        let (from, shift) = (window * WIDTH / 64, window * WIDTH % 64);
        let (low, high) = match from {
            0 => (a, b),
            1 => (b, c),
            2 => (c, d),
            _ => (d, 0),
        };
        // Two shifts, because a shift by the whole width is an overflow.
        let bits = low >> shift | high << 1 << (63 - shift);
        let digit = (bits & ((1 << WIDTH) - 1)) as i16 - if window + 1 < count { half } else { 0 };
        *place = if opposite { -digit } else { digit };
    }
}

/// Returns the number with 2^(w−1) in each window of `width` bits but the last.
const fn halves(width: u32) -> Number {
    let [mut a, mut b, mut c, mut d] = [0; 4];
    let mut bit = width - 1;
    while bit + width < 256_u32.next_multiple_of(width) {
        let one = 1 << (bit % 64);
        match bit / 64 {
            0 => a |= one,
            1 => b |= one,
            2 => c |= one,
            _ => d |= one,
        }
        bit += width;
    }
    [a, b, c, d]
}

#[inline(always)]
const fn with_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, over) = a.overflowing_add(b);
    let (sum, over_again) = sum.overflowing_add(carry as u64);
    (sum, over | over_again)
}

/// Returns the affine coordinates of an entry, converted from Montgomery form.
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
mod tests;
