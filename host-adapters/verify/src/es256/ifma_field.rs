//! Eight numbers modulo p = 2^256 − 2^224 + 2^192 + 2^96 − 1 at once, by the multiply-add of 52 bits that AVX-512 IFMA
//! brings.
//!
//! A number is five limbs of 52 bits, lowest first, in Montgomery's form for R = 2^260. It is reduced only so far that
//! everything fits, and **the bound is part of its type**: `Lanes<B>` holds numbers of at most B/16 · p, in limbs below
//! 2^52. Each operation works out the bound of its result and the compiler refuses a program in which a bound is not
//! kept, so a lazy reduction that is too lazy does not compile. What the arithmetic of the bounds rests on is said at
//! each operation; a build with debug assertions looks at every result as well.

use glowband_core::p256::backend::Number;
use std::arch::x86_64::{
    __m512i, __mmask8, _mm_cvtsi128_si64, _mm512_add_epi64, _mm512_and_si512, _mm512_castsi512_si128,
    _mm512_cmpeq_epi64_mask, _mm512_cmple_epu64_mask, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64,
    _mm512_mask_blend_epi64, _mm512_mask_sub_epi64, _mm512_permutex_epi64, _mm512_permutexvar_epi64, _mm512_set_epi64,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_shuffle_i64x2, _mm512_slli_epi64, _mm512_srai_epi64,
    _mm512_srli_epi64, _mm512_sub_epi64,
};

/// Eight numbers of at most `BOUND`/16 · p, each limb below 2^52.
#[derive(Clone, Copy)]
pub(super) struct Lanes<const BOUND: u32>([__m512i; LIMBS]);

/// Limbs on their way: any signs, any carries, magnitudes below 2^58.
type Raw = [__m512i; LIMBS];

const LIMBS: usize = 5;
pub(super) const MASK: u64 = (1 << 52) - 1;
/// p, in limbs.
const P: [u64; LIMBS] = [MASK, (1 << 44) - 1, 0, 1 << 36, (1 << 48) - (1 << 16)];
/// 16 p = 2^260 − 2^228 + … is the most that five limbs are used for.
pub(super) const MOST: u32 = 256;
/// What [`reduced`] leaves.
pub(super) const REDUCED: u32 = 17;

impl<const BOUND: u32> Lanes<BOUND> {
    /// The bound is the caller's to show.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn new(limbs: [__m512i; LIMBS]) -> Self {
        const { assert!(BOUND <= MOST) }
        let lanes = Self(limbs);
        debug_assert!(lanes.is_within(), "a bound of {BOUND}/16 is not kept");
        lanes
    }

    /// The same numbers, of which less is said.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn widened<const WIDER: u32>(self) -> Lanes<WIDER> {
        const { assert!(BOUND <= WIDER) }
        Lanes(self.0)
    }

    /// The same number in every lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn splat(number: &Number) -> Self {
        Self::new(split(number).map(|limb| _mm512_set1_epi64(limb.cast_signed())))
    }

    /// A number for each lane.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn of(numbers: &[Number; 8]) -> Self {
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
    pub(super) fn or(&self, mask: __mmask8, other: &Self) -> Self {
        let mut limbs = self.0;
        for (limb, other) in limbs.iter_mut().zip(other.0) {
            *limb = _mm512_mask_blend_epi64(mask, *limb, other);
        }
        Self(limbs)
    }

    /// Each lane's number in the lane that is `DISTANCE` (4, 2 or 1) away: lanes i and i xor DISTANCE change places.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn swapped<const DISTANCE: usize>(&self) -> Self {
        const { assert!(DISTANCE == 4 || DISTANCE == 2 || DISTANCE == 1) }
        let mut limbs = self.0;
        for limb in &mut limbs {
            *limb = match DISTANCE {
                4 => _mm512_shuffle_i64x2::<0b01_00_11_10>(*limb, *limb),
                2 => _mm512_shuffle_i64x2::<0b10_11_00_01>(*limb, *limb),
                _ => _mm512_permutex_epi64::<0b10_11_00_01>(*limb),
            };
        }
        Self(limbs)
    }

    /// The lanes whose number is a multiple of p.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn zeros(&self) -> __mmask8 {
        // The lowest limb of k·p is 2^52 − k, or 0 for k = 0: five times in 2^52 is it that of another number.
        let most = _mm512_set1_epi64((BOUND / 16).into());
        let low = _mm512_and_si512(_mm512_add_epi64(self.0[0], most), mask());
        if _mm512_cmple_epu64_mask(low, most) == 0 { 0 } else { self.exact_zeros() }
    }

    #[cold]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn exact_zeros(&self) -> __mmask8 {
        let mut zeros = 0;
        for multiple in 0..=u64::from(BOUND / 16) {
            let mut same = u8::MAX;
            for (limb, expected) in self.0.iter().zip(multiple_of_p(multiple)) {
                same &= _mm512_cmpeq_epi64_mask(*limb, _mm512_set1_epi64(expected.cast_signed()));
            }
            zeros |= same;
        }
        zeros
    }

    /// For assertions: whether every lane keeps the bound.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn is_within(&self) -> bool {
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
    pub(super) fn to_limbs(self) -> [[u64; LIMBS]; 8] {
        let mut numbers = [[0; LIMBS]; 8];
        for (at, limb) in self.0.into_iter().enumerate() {
            for (lane, number) in (0..).zip(&mut numbers) {
                let first = _mm512_permutexvar_epi64(_mm512_set1_epi64(lane), limb);
                number[at] = _mm_cvtsi128_si64(_mm512_castsi512_si128(first)).cast_unsigned();
            }
        }
        numbers
    }
}

/// The bound of a·b / R for bounds of a and b, in sixteenths: a·b/2^260 + p, where p/2^260 < 1/16.
const fn product_bound(a: u32, b: u32) -> u32 {
    16 + (a * b).div_ceil(MOST)
}

/// a·b / R modulo p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn product<const A: u32, const B: u32, const OUT: u32>(a: &Lanes<A>, b: &Lanes<B>) -> Lanes<OUT> {
    const { assert!(product_bound(A, B) <= OUT) }
    divided(with_product([_mm512_setzero_si512(); 2 * LIMBS], a, b))
}

/// (a·b + c·d) / R modulo p, with one division for both.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn product_sum<const A: u32, const B: u32, const C: u32, const D: u32, const OUT: u32>(
    (a, b): (&Lanes<A>, &Lanes<B>),
    (c, d): (&Lanes<C>, &Lanes<D>),
) -> Lanes<OUT> {
    // As for one product; the columns of the two are below 20·2^52.
    const { assert!(16 + (A * B + C * D).div_ceil(MOST) <= OUT) }
    divided(with_product(with_product([_mm512_setzero_si512(); 2 * LIMBS], a, b), c, d))
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn with_product<const A: u32, const B: u32>(
    mut columns: [__m512i; 2 * LIMBS],
    a: &Lanes<A>,
    b: &Lanes<B>,
) -> [__m512i; 2 * LIMBS] {
    for i in 0..LIMBS {
        for j in 0..LIMBS {
            columns[i + j] = _mm512_madd52lo_epu64(columns[i + j], a.0[i], b.0[j]);
        }
        for j in 0..LIMBS {
            columns[i + j + 1] = _mm512_madd52hi_epu64(columns[i + j + 1], a.0[i], b.0[j]);
        }
    }
    columns
}

/// a² / R modulo p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn square<const A: u32, const OUT: u32>(a: &Lanes<A>) -> Lanes<OUT> {
    const { assert!(product_bound(A, A) <= OUT) }
    let zero = _mm512_setzero_si512();
    let mut columns = [zero; 2 * LIMBS];
    for i in 0..LIMBS {
        for j in i + 1..LIMBS {
            columns[i + j] = _mm512_madd52lo_epu64(columns[i + j], a.0[i], a.0[j]);
        }
        for j in i + 1..LIMBS {
            columns[i + j + 1] = _mm512_madd52hi_epu64(columns[i + j + 1], a.0[i], a.0[j]);
        }
    }
    for column in &mut columns {
        *column = _mm512_add_epi64(*column, *column);
    }
    for i in 0..LIMBS {
        columns[2 * i] = _mm512_madd52lo_epu64(columns[2 * i], a.0[i], a.0[i]);
        columns[2 * i + 1] = _mm512_madd52hi_epu64(columns[2 * i + 1], a.0[i], a.0[i]);
    }
    divided(columns)
}

/// The sum of the columns, divided by R modulo p. The bound is the caller's to show ([`product_bound`]).
///
/// Columns of a product are below 10·2^52, as at most five low and five high halves meet in one, and of two products
/// below 20·2^52; what is added here is at most six halves and a carry of twelve bits, so everything stays below 2^57.
///
/// As p ends in 52 ones, the multiple of p that clears a limb is that limb itself: m·p = m·(p + 1) − m, and p + 1 has
/// the limbs 0, 2^44, 0, 2^36, 2^48 − 2^16. The multiply-add takes the lowest 52 bits of m by itself.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn divided<const OUT: u32>(mut columns: [__m512i; 2 * LIMBS]) -> Lanes<OUT> {
    let second = _mm512_set1_epi64(1 << 44);
    let fourth = _mm512_set1_epi64(1 << 36);
    let fifth = _mm512_set1_epi64((1 << 48) - (1 << 16));
    for at in 0..LIMBS {
        let m = columns[at];
        let carried = _mm512_add_epi64(columns[at + 1], _mm512_srli_epi64::<52>(m));
        columns[at + 1] = _mm512_madd52lo_epu64(carried, m, second);
        columns[at + 2] = _mm512_madd52hi_epu64(columns[at + 2], m, second);
        columns[at + 3] = _mm512_madd52lo_epu64(columns[at + 3], m, fourth);
        let both = _mm512_madd52hi_epu64(columns[at + 4], m, fourth);
        columns[at + 4] = _mm512_madd52lo_epu64(both, m, fifth);
        columns[at + 5] = _mm512_madd52hi_epu64(columns[at + 5], m, fifth);
    }
    let [_, _, _, _, _, high @ ..] = columns;
    normalized(high)
}

/// a − b modulo p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn difference<const A: u32, const B: u32, const OUT: u32>(a: &Lanes<A>, b: &Lanes<B>) -> Lanes<OUT> {
    const { assert!(A + 16 * B.div_ceil(16) <= OUT) }
    normalized(less(a.0, b, B.div_ceil(16)))
}

/// −a modulo p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn negated<const A: u32, const OUT: u32>(a: &Lanes<A>) -> Lanes<OUT> {
    const { assert!(16 * A.div_ceil(16) <= OUT) }
    normalized(less([_mm512_setzero_si512(); LIMBS], a, A.div_ceil(16)))
}

/// ±a − b modulo p, negative in the lanes of the mask.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn signed_difference<const A: u32, const B: u32, const OUT: u32>(
    negative: __mmask8,
    a: &Lanes<A>,
    b: &Lanes<B>,
) -> Lanes<OUT> {
    const { assert!(A + 16 * (A + B).div_ceil(16) <= OUT) }
    normalized(less(signed(negative, a), b, (A + B).div_ceil(16)))
}

/// rr − ppp − 2q modulo p, reduced: the x-coordinate of a sum.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn x_of_sum<const RR: u32, const PPP: u32, const Q: u32>(
    rr: &Lanes<RR>,
    ppp: &Lanes<PPP>,
    q: &Lanes<Q>,
) -> Lanes<REDUCED> {
    const { assert!(RR + 16 * (PPP + 2 * Q).div_ceil(16) <= MOST) }
    let mut limbs = less(rr.0, ppp, (PPP + 2 * Q).div_ceil(16));
    for (limb, q) in limbs.iter_mut().zip(q.0) {
        *limb = _mm512_sub_epi64(*limb, _mm512_add_epi64(q, q));
    }
    reduced(limbs)
}

/// a + b.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn sum<const A: u32, const B: u32, const OUT: u32>(a: &Lanes<A>, b: &Lanes<B>) -> Lanes<OUT> {
    const { assert!(A + B <= OUT) }
    let mut limbs = a.0;
    for (limb, other) in limbs.iter_mut().zip(b.0) {
        *limb = _mm512_add_epi64(*limb, other);
    }
    normalized(limbs)
}

/// ±a modulo p, negative in the lanes of the mask, reduced.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn signed_reduced<const A: u32>(negative: __mmask8, a: &Lanes<A>) -> Lanes<REDUCED> {
    const { assert!(A <= MOST) }
    // −a + 16p, and a itself: both between 0 and 16p.
    let mut limbs = signed(negative, a);
    for (limb, p) in limbs.iter_mut().zip(P) {
        let most = _mm512_set1_epi64((16 * p).cast_signed());
        *limb = _mm512_mask_blend_epi64(negative, *limb, _mm512_add_epi64(*limb, most));
    }
    reduced(limbs)
}

/// a − b + multiple · p, the limbs on their way.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn less<const B: u32>(mut a: Raw, b: &Lanes<B>, multiple: u32) -> Raw {
    for ((limb, b), p) in a.iter_mut().zip(b.0).zip(P) {
        let multiple = _mm512_set1_epi64((u64::from(multiple) * p).cast_signed());
        *limb = _mm512_add_epi64(_mm512_sub_epi64(*limb, b), multiple);
    }
    a
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn signed<const A: u32>(negative: __mmask8, a: &Lanes<A>) -> Raw {
    let zero = _mm512_setzero_si512();
    let mut limbs = a.0;
    for limb in &mut limbs {
        *limb = _mm512_mask_sub_epi64(*limb, negative, zero, *limb);
    }
    limbs
}

/// Carries, with their signs. A number that is between 0 and OUT/16 · p has its limbs below 2^52 afterwards, the last
/// one too, as OUT is at most [`MOST`].
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn normalized<const OUT: u32>(mut limbs: Raw) -> Lanes<OUT> {
    for at in 0..LIMBS - 1 {
        limbs[at + 1] = _mm512_add_epi64(limbs[at + 1], _mm512_srai_epi64::<52>(limbs[at]));
        limbs[at] = _mm512_and_si512(limbs[at], mask());
    }
    Lanes::new(limbs)
}

/// A number between 0 and 16p, less about as many p as there are in it.
///
/// With t4 the last limb and what the one before carries into it, the number is t4·2^208 + rest, where −2^164 < rest <
/// 2^208 + 2^164, as the lower limbs are below 2^58 in magnitude. For q = ⌊t4 / 2^48⌋ the number is q·2^256 + u with
/// −2^164 < u < 2^256 + 2^164, and q·(2^256 − p) + u is left, where 2^223 < 2^256 − p < 2^224 and −1 ≤ q ≤ 16. That is
/// below 2^256 + 2^229 < 17/16 · p. It is not negative: for q = 0 it is the number itself; for q > 0, q·2^223 is more
/// than 2^164; and for q = −1 the number is below 2^164, and p more than that is left, below 17/16 · p again.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn reduced(mut limbs: Raw) -> Lanes<REDUCED> {
    let top = _mm512_add_epi64(limbs[4], _mm512_srai_epi64::<52>(limbs[3]));
    let q = _mm512_srai_epi64::<48>(top);
    // − q·(2^256 − 2^224 + 2^192 + 2^96 − 1)
    limbs[0] = _mm512_add_epi64(limbs[0], q);
    limbs[1] = _mm512_sub_epi64(limbs[1], _mm512_slli_epi64::<44>(q));
    limbs[3] = _mm512_sub_epi64(limbs[3], _mm512_slli_epi64::<36>(q));
    limbs[4] = _mm512_sub_epi64(limbs[4], _mm512_slli_epi64::<48>(q));
    limbs[4] = _mm512_add_epi64(limbs[4], _mm512_slli_epi64::<16>(q));
    normalized(limbs)
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn mask() -> __m512i {
    _mm512_set1_epi64(MASK.cast_signed())
}

const fn split(number: &Number) -> [u64; LIMBS] {
    let [a, b, c, d] = *number;
    [a & MASK, (a >> 52 | b << 12) & MASK, (b >> 40 | c << 24) & MASK, (c >> 28 | d << 36) & MASK, d >> 16]
}

/// multiple · p, for a multiple up to 16.
const fn multiple_of_p(multiple: u64) -> [u64; LIMBS] {
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

#[cfg(test)]
#[path = "tests/ifma_field.rs"]
mod tests;
