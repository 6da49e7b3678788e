//! Entries of tables as the lanes of vectors.

// Vectors are loaded from memory; that is the one thing here that the compiler cannot judge.
#![allow(unsafe_code)]

use super::ifma_field::{Lanes, MASK, MOST};
use glowband_core::TableEntry;
use std::arch::x86_64::{
    __m512i, _mm512_and_si512, _mm512_loadu_si512, _mm512_or_si512, _mm512_set1_epi64, _mm512_setzero_si512,
    _mm512_shuffle_i64x2, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

/// The coordinates of eight entries of tables.
///
/// An entry has its coordinates times 2^256 modulo p; here they are needed times 2^260, and 16 times a number below p
/// is just what fits: the words are cut four bits higher.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn coordinates(entries: &[&TableEntry; 8]) -> (Lanes<MOST>, Lanes<MOST>) {
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

/// The first quarters of the four vectors side by side, then the second, third and fourth ones.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
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

/// 16 times the number of these words of 64 bits; it is below p.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn sixteenfold([a, b, c, d]: [__m512i; 4]) -> Lanes<MOST> {
    let mask = _mm512_set1_epi64(MASK.cast_signed());
    let second = _mm512_or_si512(_mm512_srli_epi64::<48>(a), _mm512_slli_epi64::<16>(b));
    let third = _mm512_or_si512(_mm512_srli_epi64::<36>(b), _mm512_slli_epi64::<28>(c));
    let fourth = _mm512_or_si512(_mm512_srli_epi64::<24>(c), _mm512_slli_epi64::<40>(d));
    Lanes::new([
        _mm512_and_si512(_mm512_slli_epi64::<4>(a), mask),
        _mm512_and_si512(second, mask),
        _mm512_and_si512(third, mask),
        _mm512_and_si512(fourth, mask),
        _mm512_srli_epi64::<12>(d),
    ])
}
