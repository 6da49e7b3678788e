//! Entries of tables as the lanes of vectors.

// Vectors are loaded from memory, which the compiler cannot check.
#![allow(unsafe_code)]

use super::ifma_lanes::{Factor, MOST};
use glowband_core::TableEntry;
use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_prefetch, _mm512_loadu_si512, _mm512_setzero_si512, _mm512_shrdi_epi64,
    _mm512_shuffle_i64x2, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

/// The coordinates of eight entries of tables.
///
/// An entry has its coordinates times 2^256 modulo p; here they are needed times 2^260, and 16 times a number below p
/// is just what fits: the words are cut four bits higher.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vbmi2")]
pub(super) fn coordinates(entries: &[&TableEntry; 8]) -> (Factor<MOST>, Factor<MOST>) {
    let mut rows = [_mm512_setzero_si512(); 8];
    for (row, entry) in rows.iter_mut().zip(entries) {
        // SAFETY: an entry has the 64 bytes of the vector, and the load takes any alignment.
        *row = unsafe { _mm512_loadu_si512(entry.as_ptr().cast()) };
    }
    // Rows of entries become columns of words.
    let [a, b, c, d, e, f, g, h] = rows;
    let even = [(a, b), (c, d), (e, f), (g, h)].map(|(one, next)| _mm512_unpacklo_epi64(one, next));
    let odd = [(a, b), (c, d), (e, f), (g, h)].map(|(one, next)| _mm512_unpackhi_epi64(one, next));
    let ([x0, x2, y0, y2], [x1, x3, y1, y3]) = (quarters(even), quarters(odd));
    (sixteenfold([x0, x1, x2, x3]), sixteenfold([y0, y1, y2, y3]))
}

/// Has the line of an entry fetched, for when its turn comes.
#[inline(always)]
pub(super) fn expect(entry: &TableEntry) {
    // SAFETY: a hint; the address is that of an entry, and nothing is read through it.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(entry.as_ptr().cast()) };
}

/// The first quarters of the four vectors side by side, then the second, third and fourth ones.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vbmi2")]
fn quarters([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let (ab_even, ab_odd) = (_mm512_shuffle_i64x2::<0x88>(a, b), _mm512_shuffle_i64x2::<0xdd>(a, b));
    let (cd_even, cd_odd) = (_mm512_shuffle_i64x2::<0x88>(c, d), _mm512_shuffle_i64x2::<0xdd>(c, d));
    [
        _mm512_shuffle_i64x2::<0x88>(ab_even, cd_even),
        _mm512_shuffle_i64x2::<0x88>(ab_odd, cd_odd),
        _mm512_shuffle_i64x2::<0xdd>(ab_even, cd_even),
        _mm512_shuffle_i64x2::<0xdd>(ab_odd, cd_odd),
    ]
}

/// 16 times the number of these words of 64 bits; it is below p. The lowest 52 bits of each vector are its limbs.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma,avx512vbmi2")]
fn sixteenfold([a, b, c, d]: [__m512i; 4]) -> Factor<MOST> {
    Factor::new([
        _mm512_slli_epi64::<4>(a),
        _mm512_shrdi_epi64::<48>(a, b),
        _mm512_shrdi_epi64::<36>(b, c),
        _mm512_shrdi_epi64::<24>(c, d),
        _mm512_srli_epi64::<12>(d),
    ])
}
