//! Eight numbers modulo p = 2^256 − 2^224 + 2^192 + 2^96 − 1 at once, in vectors of 512 bits.
//!
//! A number is five limbs of 52 bits, lowest first, in Montgomery's form for R = 2^260. It is reduced only so far that
//! everything fits, and **the bound is part of its type**: one with `BOUND` is at most BOUND/16 · p. Each operation
//! works out the bound of its result and the compiler refuses a program in which a bound is not kept, so a lazy
//! reduction that is too lazy does not compile. What the arithmetic of the bounds rests on is said at each operation; a
//! build with debug assertions looks at every result as well.
//!
//! How far the carries have come is part of the type too, because carrying is a tenth of all work:
//!
//! | type | limbs | can be |
//! |---|---|---|
//! | [`Columns`] | of a product: below 2^56 | subtracted, carried |
//! | [`Uncarried`] | of a sum: any signs, magnitudes below 2^58 | carried |
//! | [`Factor`] | whose lowest 52 bits are right | multiplied: the multiply-add looks at no others |
//! | [`Lanes`] | below 2^52 | everything |

// Public with the feature `internals`: a fuzz target compares each operation.
// Each function is safe to call where the processor has its instructions, which `target_feature` names.
#![allow(missing_docs, unreachable_pub, clippy::missing_safety_doc)]

use glowband_p256::internals::Number;
use std::arch::x86_64::{
    __m512i, __mmask8, _mm_cvtsi128_si64, _mm512_add_epi64, _mm512_and_si512, _mm512_castsi512_si128,
    _mm512_cmpeq_epi64_mask, _mm512_cmple_epu64_mask, _mm512_mask_blend_epi64, _mm512_permutex_epi64,
    _mm512_permutexvar_epi64, _mm512_set_epi64, _mm512_set1_epi64, _mm512_setzero_si512, _mm512_shuffle_i64x2,
    _mm512_srai_epi64,
};
use std::ops::Range;

/// Eight numbers of at most `BOUND`/16 · p, each limb below 2^52.
#[derive(Clone, Copy)]
pub struct Lanes<const BOUND: u32>(Limbs);

/// The same, of whose limbs only the lowest 52 bits mean anything.
#[derive(Clone, Copy)]
pub struct Factor<const BOUND: u32>(Limbs);

/// The same as the columns of a product: limbs from 0 to below 2^56.
#[derive(Clone, Copy)]
pub struct Columns<const BOUND: u32>(Limbs);

/// The same as a sum of such: limbs of any sign, with magnitudes below 2^58.
#[derive(Clone, Copy)]
pub struct Uncarried<const BOUND: u32>(Limbs);

pub type Limbs = [__m512i; LIMBS];

pub const LIMBS: usize = 5;
pub const MASK: u64 = (1 << 52) - 1;
/// p, in limbs.
pub const P: [u64; LIMBS] = [MASK, (1 << 44) - 1, 0, 1 << 36, (1 << 48) - (1 << 16)];
/// 16 p = 2^260 − 2^228 + … is the most that five limbs are used for.
pub const MOST: u32 = 256;

/// What a sum can be made of.
pub trait Addend<const BOUND: u32> {
    /// From 0 to below 2^56.
    fn limbs(&self) -> &Limbs;
}

impl<const BOUND: u32> Addend<BOUND> for Lanes<BOUND> {
    #[inline(always)]
    fn limbs(&self) -> &Limbs {
        &self.0
    }
}

impl<const BOUND: u32> Addend<BOUND> for Columns<BOUND> {
    #[inline(always)]
    fn limbs(&self) -> &Limbs {
        &self.0
    }
}

impl<const BOUND: u32> Lanes<BOUND> {
    /// The bound is the caller's to show.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn new(limbs: Limbs) -> Self {
        const { assert!(BOUND <= MOST) }
        let lanes = Self(limbs);
        debug_assert!(lanes.is_within(), "a bound of {BOUND}/16 is not kept");
        lanes
    }

    /// The same numbers, of which less is said.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn widened<const WIDER: u32>(self) -> Lanes<WIDER> {
        const { assert!(BOUND <= WIDER) }
        Lanes(self.0)
    }

    /// The same numbers, to be multiplied.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn factor(&self) -> Factor<BOUND> {
        Factor(self.0)
    }

    /// The same number in every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn splat(number: &Number) -> Self {
        Self::new(split(number).map(|limb| _mm512_set1_epi64(limb.cast_signed())))
    }

    /// A number for each lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn of(numbers: &[Number; 8]) -> Self {
        let [a, b, c, d, e, f, g, h] = numbers.map(|number| split(&number).map(u64::cast_signed));
        let mut limbs = [_mm512_setzero_si512(); LIMBS];
        for (at, limb) in limbs.iter_mut().enumerate() {
            *limb = _mm512_set_epi64(h[at], g[at], f[at], e[at], d[at], c[at], b[at], a[at]);
        }
        Self::new(limbs)
    }

    /// `other` in the lanes of the mask, these elsewhere.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn or(&self, mask: __mmask8, other: &Self) -> Self {
        Self(blended(mask, self.0, &other.0))
    }

    /// Each lane's number in the lane that is `DISTANCE` (4, 2 or 1) away: lanes i and i xor DISTANCE change places.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn swapped<const DISTANCE: usize>(&self) -> Self {
        Self(exchanged::<DISTANCE>(self.0))
    }

    /// For assertions: whether every lane keeps the bound.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn is_within(&self) -> bool {
        self.to_limbs().iter().all(|number| {
            // BOUND·p − 16·number, of which only the last carry, the sign, is looked at.
            let mut carry = 0_i128;
            for (limb, p) in number.iter().zip(P) {
                carry = (carry + i128::from(BOUND) * i128::from(p) - 16 * i128::from(*limb)) >> 52;
            }
            carry >= 0 && number.iter().all(|limb| *limb <= MASK)
        })
    }

    /// The limbs of each lane.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn to_limbs(self) -> [[u64; LIMBS]; 8] {
        by_lane(&self.0).map(|number| number.map(i64::cast_unsigned))
    }
}

impl<const BOUND: u32> Factor<BOUND> {
    /// The bound is the caller's to show; the last limb is below 2^52.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn new(limbs: Limbs) -> Self {
        let factor = Self(limbs);
        debug_assert!(factor.lanes().is_within(), "a bound of {BOUND}/16 is not kept");
        factor
    }

    /// The same numbers, of which less is said.
    #[inline(always)]
    pub fn widened<const WIDER: u32>(self) -> Factor<WIDER> {
        const { assert!(BOUND <= WIDER && WIDER <= MOST) }
        Factor(self.0)
    }

    #[inline(always)]
    pub fn limbs(&self) -> &Limbs {
        &self.0
    }

    /// Without what means nothing.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn lanes(&self) -> Lanes<BOUND> {
        let [a, b, c, d, last] = self.0;
        let [a, b, c, d] = [a, b, c, d].map(|limb| _mm512_and_si512(limb, mask()));
        Lanes::new([a, b, c, d, last])
    }

    /// `other` in the lanes of the mask, these elsewhere.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn or(&self, mask: __mmask8, other: &Self) -> Self {
        Self(blended(mask, self.0, &other.0))
    }

    /// As [`Lanes::swapped`].
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn swapped<const DISTANCE: usize>(&self) -> Self {
        Self(exchanged::<DISTANCE>(self.0))
    }

    /// The lanes whose number is a multiple of p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn zeros(&self) -> __mmask8 {
        // The lowest limb of k·p is 2^52 − k, or 0 for k = 0: five times in 2^52 is it that of another number.
        let most = _mm512_set1_epi64((BOUND / 16).into());
        let low = _mm512_and_si512(_mm512_add_epi64(self.0[0], most), mask());
        if _mm512_cmple_epu64_mask(low, most) == 0 { 0 } else { self.exact_zeros() }
    }

    #[cold]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn exact_zeros(&self) -> __mmask8 {
        let lanes = self.lanes();
        let mut zeros = 0;
        for multiple in 0..=u64::from(BOUND / 16) {
            let mut same = u8::MAX;
            for (limb, expected) in lanes.0.iter().zip(multiple_of_p(multiple)) {
                same &= _mm512_cmpeq_epi64_mask(*limb, _mm512_set1_epi64(expected.cast_signed()));
            }
            zeros |= same;
        }
        zeros
    }
}

impl<const BOUND: u32> Columns<BOUND> {
    /// Bound and size of the limbs are the caller's to show.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn new(limbs: Limbs) -> Self {
        const { assert!(BOUND <= MOST) }
        debug_assert!(limbs_are_within(&limbs, 0..1 << 56), "a limb of a product is too large");
        Self(limbs)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn carried(self) -> Lanes<BOUND> {
        Uncarried(self.0).carried()
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn factor(self) -> Factor<BOUND> {
        Uncarried(self.0).factor()
    }
}

impl<const BOUND: u32> Uncarried<BOUND> {
    /// Bound and size of the limbs are the caller's to show.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn new(limbs: Limbs) -> Self {
        const { assert!(BOUND <= MOST) }
        debug_assert!(limbs_are_within(&limbs, -(1 << 58) + 1..1 << 58), "a limb of a sum is too large");
        Self(limbs)
    }

    /// Carries, with their signs. A number that is between 0 and BOUND/16 · p has its limbs below 2^52 afterwards, the
    /// last one too, as BOUND is at most [`MOST`].
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn carried(self) -> Lanes<BOUND> {
        let mut limbs = self.0;
        for at in 0..LIMBS - 1 {
            limbs[at + 1] = _mm512_add_epi64(limbs[at + 1], _mm512_srai_epi64::<52>(limbs[at]));
            limbs[at] = _mm512_and_si512(limbs[at], mask());
        }
        Lanes::new(limbs)
    }

    /// The same, leaving where it was what has been carried on: it is above the lowest 52 bits.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub fn factor(self) -> Factor<BOUND> {
        let mut limbs = self.0;
        for at in 0..LIMBS - 1 {
            limbs[at + 1] = _mm512_add_epi64(limbs[at + 1], _mm512_srai_epi64::<52>(limbs[at]));
        }
        Factor::new(limbs)
    }
}

/// For assertions: whether all these limbs, or columns, are in the range, as signed numbers.
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn limbs_are_within<const COUNT: usize>(limbs: &[__m512i; COUNT], range: Range<i64>) -> bool {
    by_lane(limbs).as_flattened().iter().all(|limb| range.contains(limb))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn by_lane<const COUNT: usize>(limbs: &[__m512i; COUNT]) -> [[i64; COUNT]; 8] {
    let mut numbers = [[0; COUNT]; 8];
    for (at, limb) in limbs.iter().enumerate() {
        for (lane, number) in (0..).zip(&mut numbers) {
            let first = _mm512_permutexvar_epi64(_mm512_set1_epi64(lane), *limb);
            number[at] = _mm_cvtsi128_si64(_mm512_castsi512_si128(first));
        }
    }
    numbers
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn blended(mask: __mmask8, mut limbs: Limbs, others: &Limbs) -> Limbs {
    for (limb, other) in limbs.iter_mut().zip(others) {
        *limb = _mm512_mask_blend_epi64(mask, *limb, *other);
    }
    limbs
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn exchanged<const DISTANCE: usize>(mut limbs: Limbs) -> Limbs {
    const { assert!(DISTANCE == 4 || DISTANCE == 2 || DISTANCE == 1) }
    for limb in &mut limbs {
        *limb = match DISTANCE {
            4 => _mm512_shuffle_i64x2::<0b01_00_11_10>(*limb, *limb),
            2 => _mm512_shuffle_i64x2::<0b10_11_00_01>(*limb, *limb),
            _ => _mm512_permutex_epi64::<0b10_11_00_01>(*limb),
        };
    }
    limbs
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn mask() -> __m512i {
    _mm512_set1_epi64(MASK.cast_signed())
}

const fn split(number: &Number) -> [u64; LIMBS] {
    let [a, b, c, d] = *number;
    [a & MASK, (a >> 52 | b << 12) & MASK, (b >> 40 | c << 24) & MASK, (c >> 28 | d << 36) & MASK, d >> 16]
}

/// multiple · p, for a multiple up to 16.
pub const fn multiple_of_p(multiple: u64) -> [u64; LIMBS] {
    let mut limbs = [0; LIMBS];
    let (mut at, mut carry) = (0, 0);
    while at < LIMBS {
        // Limbs of p are below 2^52, so this is below 2^57.
        let sum = multiple * P[at] + carry;
        limbs[at] = sum & MASK;
        carry = sum >> 52;
        at += 1;
    }
    limbs
}
