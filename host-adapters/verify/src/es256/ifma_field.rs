//! Sums and products of eight numbers modulo p at once, by the multiply-add of 52 bits that AVX-512 IFMA brings.

// Public with the feature `internals`: a fuzz target compares each operation.
// Each function is safe to call where the processor has its instructions, which `target_feature` names.
#![allow(missing_docs, unreachable_pub, clippy::missing_safety_doc)]

use super::ifma_lanes::{Addend, Columns, Factor, LIMBS, Lanes, Limbs, MOST, P, Uncarried, limbs_are_within};
use std::arch::x86_64::{
    __m512i, __mmask8, _mm512_add_epi64, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_sub_epi64,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_slli_epi64, _mm512_srai_epi64, _mm512_srli_epi64, _mm512_sub_epi64,
};

/// What `reduced` leaves.
pub const REDUCED: u32 = 17;

/// The bound of a·b / R for bounds of a and b, in sixteenths: a·b/2^260 + p, where p/2^260 < 1/16.
const fn product_bound(a: u32, b: u32) -> u32 {
    16 + (a * b).div_ceil(MOST)
}

/// a·b / R modulo p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn product<const A: u32, const B: u32, const OUT: u32>(a: &Factor<A>, b: &Factor<B>) -> Columns<OUT> {
    const { assert!(product_bound(A, B) <= OUT) }
    Columns::new(divided(with_product([_mm512_setzero_si512(); 2 * LIMBS], a, b)))
}

/// (a·b + c·d) / R modulo p, with one division for both.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn product_sum<const A: u32, const B: u32, const C: u32, const D: u32, const OUT: u32>(
    (a, b): (&Factor<A>, &Factor<B>),
    (c, d): (&Factor<C>, &Factor<D>),
) -> Lanes<OUT> {
    // As for one product; the columns of the two are below 20·2^52.
    const { assert!(16 + (A * B + C * D).div_ceil(MOST) <= OUT) }
    let limbs = divided(with_product(with_product([_mm512_setzero_si512(); 2 * LIMBS], a, b), c, d));
    Uncarried::new(limbs).carried()
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn with_product<const A: u32, const B: u32>(
    mut columns: [__m512i; 2 * LIMBS],
    a: &Factor<A>,
    b: &Factor<B>,
) -> [__m512i; 2 * LIMBS] {
    let (a, b) = (a.limbs(), b.limbs());
    for i in 0..LIMBS {
        for j in 0..LIMBS {
            columns[i + j] = _mm512_madd52lo_epu64(columns[i + j], a[i], b[j]);
        }
        for j in 0..LIMBS {
            columns[i + j + 1] = _mm512_madd52hi_epu64(columns[i + j + 1], a[i], b[j]);
        }
    }
    columns
}

/// a² / R modulo p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn square<const A: u32, const OUT: u32>(a: &Factor<A>) -> Columns<OUT> {
    const { assert!(product_bound(A, A) <= OUT) }
    let a = a.limbs();
    let zero = _mm512_setzero_si512();
    let mut columns = [zero; 2 * LIMBS];
    for i in 0..LIMBS {
        for j in i + 1..LIMBS {
            columns[i + j] = _mm512_madd52lo_epu64(columns[i + j], a[i], a[j]);
        }
        for j in i + 1..LIMBS {
            columns[i + j + 1] = _mm512_madd52hi_epu64(columns[i + j + 1], a[i], a[j]);
        }
    }
    for column in &mut columns {
        *column = _mm512_add_epi64(*column, *column);
    }
    for i in 0..LIMBS {
        columns[2 * i] = _mm512_madd52lo_epu64(columns[2 * i], a[i], a[i]);
        columns[2 * i + 1] = _mm512_madd52hi_epu64(columns[2 * i + 1], a[i], a[i]);
    }
    Columns::new(divided(columns))
}

/// The sum of the columns, divided by R modulo p. The bound is the caller's to show ([`product_bound`]).
///
/// Columns of a product are below 10·2^52, as at most five low and five high halves meet in one, and of two products
/// below 20·2^52; what is added here is at most six halves and a carry of twelve bits. So what is left is below 2^56
/// after one product, and below 2^57 after two.
///
/// As p ends in 52 ones, the multiple of p that clears a limb is that limb itself: m·p = m·(p + 1) − m, and p + 1 has
/// the limbs 0, 2^44, 0, 2^36, 2^48 − 2^16. The multiply-add takes the lowest 52 bits of m by itself.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn divided(mut columns: [__m512i; 2 * LIMBS]) -> Limbs {
    debug_assert!(limbs_are_within(&columns, 0..20 << 52), "a column of a product is too large");
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
    high
}

/// a − b modulo p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn difference<const A: u32, const B: u32, const OUT: u32>(
    a: &impl Addend<A>,
    b: &impl Addend<B>,
) -> Uncarried<OUT> {
    const { assert!(A + 16 * B.div_ceil(16) <= OUT) }
    Uncarried::new(less(*a.limbs(), b.limbs(), B.div_ceil(16)))
}

/// ±a − b modulo p, negative in the lanes of the mask.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn signed_difference<const A: u32, const B: u32, const OUT: u32>(
    negative: __mmask8,
    a: &impl Addend<A>,
    b: &impl Addend<B>,
) -> Uncarried<OUT> {
    const { assert!(A + 16 * (A + B).div_ceil(16) <= OUT) }
    Uncarried::new(less(signed(negative, *a.limbs()), b.limbs(), (A + B).div_ceil(16)))
}

/// a, or −a modulo p in the lanes of the mask.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn negated_in<const A: u32, const OUT: u32>(negative: __mmask8, a: &impl Addend<A>) -> Lanes<OUT> {
    const { assert!(16 * A.div_ceil(16) <= OUT) }
    Uncarried::new(opposite(negative, *a.limbs(), A.div_ceil(16))).carried()
}

/// rr + ppp − 2q modulo p, reduced: the x-coordinate of a sum.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn x_of_sum<const RR: u32, const PPP: u32, const Q: u32>(
    rr: &impl Addend<RR>,
    ppp: &impl Addend<PPP>,
    q: &impl Addend<Q>,
) -> Lanes<REDUCED> {
    const { assert!(RR + PPP + 16 * (2 * Q).div_ceil(16) <= MOST) }
    let mut limbs = less(*rr.limbs(), q.limbs(), (2 * Q).div_ceil(16));
    for (limb, (ppp, q)) in limbs.iter_mut().zip(ppp.limbs().iter().zip(q.limbs())) {
        *limb = _mm512_add_epi64(*limb, _mm512_sub_epi64(*ppp, *q));
    }
    reduced(limbs)
}

/// a + b.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn sum<const A: u32, const B: u32, const OUT: u32>(a: &impl Addend<A>, b: &impl Addend<B>) -> Uncarried<OUT> {
    const { assert!(A + B <= OUT) }
    let mut limbs = *a.limbs();
    for (limb, other) in limbs.iter_mut().zip(b.limbs()) {
        *limb = _mm512_add_epi64(*limb, *other);
    }
    Uncarried::new(limbs)
}

/// ±a modulo p, negative in the lanes of the mask, reduced.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub fn signed_reduced<const A: u32>(negative: __mmask8, a: &Lanes<A>) -> Lanes<REDUCED> {
    const { assert!(A <= MOST) }
    // −a + 16p, and a itself: both between 0 and 16p.
    reduced(opposite(negative, *a.limbs(), MOST / 16))
}

/// a − b + multiple · p.
///
/// The limbs of a and b are below 2^56, and those of the multiple, of 16 at most, too: any two such sums are below 2^58
/// in magnitude.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn less(mut a: Limbs, b: &Limbs, multiple: u32) -> Limbs {
    for ((limb, b), p) in a.iter_mut().zip(b).zip(P) {
        let multiple = _mm512_set1_epi64((u64::from(multiple) * p).cast_signed());
        *limb = _mm512_add_epi64(_mm512_sub_epi64(*limb, *b), multiple);
    }
    a
}

/// multiple · p − a in the lanes of the mask.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn opposite(negative: __mmask8, mut a: Limbs, multiple: u32) -> Limbs {
    for (limb, p) in a.iter_mut().zip(P) {
        let multiple = _mm512_set1_epi64((u64::from(multiple) * p).cast_signed());
        *limb = _mm512_mask_sub_epi64(*limb, negative, multiple, *limb);
    }
    a
}

#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn signed(negative: __mmask8, mut a: Limbs) -> Limbs {
    let zero = _mm512_setzero_si512();
    for limb in &mut a {
        *limb = _mm512_mask_sub_epi64(*limb, negative, zero, *limb);
    }
    a
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
fn reduced(mut limbs: Limbs) -> Lanes<REDUCED> {
    debug_assert!(limbs_are_within(&limbs, -(1 << 58) + 1..1 << 58), "a limb of a sum is too large");
    let top = _mm512_add_epi64(limbs[4], _mm512_srai_epi64::<52>(limbs[3]));
    let q = _mm512_srai_epi64::<48>(top);
    // − q·(2^256 − 2^224 + 2^192 + 2^96 − 1)
    limbs[0] = _mm512_add_epi64(limbs[0], q);
    limbs[1] = _mm512_sub_epi64(limbs[1], _mm512_slli_epi64::<44>(q));
    limbs[3] = _mm512_sub_epi64(limbs[3], _mm512_slli_epi64::<36>(q));
    limbs[4] = _mm512_sub_epi64(limbs[4], _mm512_slli_epi64::<48>(q));
    limbs[4] = _mm512_add_epi64(limbs[4], _mm512_slli_epi64::<16>(q));
    Uncarried::new(limbs).carried()
}

#[cfg(test)]
mod tests;
