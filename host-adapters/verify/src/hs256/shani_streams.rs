//! SHA-256 of two messages at once, block by block, by the SHA extensions: their instructions take longer to finish than
//! to start, so that one message alone leaves the unit idle at times. Two messages fit the sixteen registers that these
//! instructions know; more would be kept in memory half of the time.

// Code with vector instructions is called, which only a processor that has them may run.
#![allow(unsafe_code)]

use super::host_key::State;
use super::padded::Block;
use crate::processor;
use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_blend_epi16, _mm_loadu_si128, _mm_set_epi32, _mm_set_epi64x,
    _mm_setzero_si128, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32, _mm_shuffle_epi8,
    _mm_shuffle_epi32, _mm_storeu_si128,
};

/// Messages at once.
pub(super) const STREAMS: usize = 2;

/// Proves that the processor has the instructions. Only [`detect`](Self::detect) creates it.
#[derive(Clone, Copy)]
pub(super) struct ShaNi {
    _detected: (),
}

impl ShaNi {
    pub(super) fn detect() -> Option<Self> {
        processor::has_sha().then_some(Self { _detected: () })
    }

    /// Each state after one more block.
    pub(super) fn compress(self, states: &mut [State; STREAMS], blocks: [&Block; STREAMS]) {
        // SAFETY: `self` proves that the processor has the instructions of the callee.
        unsafe { compress(states, blocks) }
    }
}

/// FIPS 180-4 §4.2.2.
#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
];

#[target_feature(enable = "sha,sse4.1,ssse3")]
fn compress(states: &mut [State; STREAMS], blocks: [&Block; STREAMS]) {
    let big_endian = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let zero = _mm_setzero_si128();
    // The instructions want the eight words of a state as (a, b, e, f) and (c, d, g, h), highest first.
    let (mut abef, mut cdgh) = ([zero; STREAMS], [zero; STREAMS]);
    let mut words = [[zero; 4]; STREAMS];
    for stream in 0..STREAMS {
        let [a, b, c, d, e, f, g, h] = states[stream].map(u32::cast_signed);
        abef[stream] = _mm_set_epi32(a, b, e, f);
        cdgh[stream] = _mm_set_epi32(c, d, g, h);
        for (word, bytes) in words[stream].iter_mut().zip(blocks[stream].as_chunks::<16>().0) {
            *word = _mm_shuffle_epi8(load(bytes), big_endian);
        }
    }
    let (first_abef, first_cdgh) = (abef, cdgh);
    for (round, k) in K.as_chunks::<4>().0.iter().enumerate() {
        let [k0, k1, k2, k3] = k.map(u32::cast_signed);
        let k = _mm_set_epi32(k3, k2, k1, k0);
        for stream in 0..STREAMS {
            let [now, next, after, last] = words[stream];
            let sum = _mm_add_epi32(now, k);
            cdgh[stream] = _mm_sha256rnds2_epu32(cdgh[stream], abef[stream], sum);
            abef[stream] = _mm_sha256rnds2_epu32(abef[stream], cdgh[stream], _mm_shuffle_epi32::<0b00_00_11_10>(sum));
            // The words of the four rounds after the next twelve; those behind the last round are not used.
            let new = if round < 12 {
                let sum = _mm_add_epi32(_mm_sha256msg1_epu32(now, next), _mm_alignr_epi8::<4>(last, after));
                _mm_sha256msg2_epu32(sum, last)
            } else {
                now
            };
            words[stream] = [next, after, last, new];
        }
    }
    for stream in 0..STREAMS {
        let abef = _mm_add_epi32(abef[stream], first_abef[stream]);
        let cdgh = _mm_add_epi32(cdgh[stream], first_cdgh[stream]);
        let feba = _mm_shuffle_epi32::<0b00_01_10_11>(abef);
        let dchg = _mm_shuffle_epi32::<0b10_11_00_01>(cdgh);
        let (low, high) = (_mm_blend_epi16::<0xf0>(feba, dchg), _mm_alignr_epi8::<8>(dchg, feba));
        store(&mut states[stream], low, high);
    }
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: there are the 16 bytes of the vector, and the load takes any alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn store(state: &mut State, low: __m128i, high: __m128i) {
    for (half, vector) in state.as_chunks_mut::<4>().0.iter_mut().zip([low, high]) {
        // SAFETY: there is room for the 16 bytes of the vector, and the store takes any alignment.
        unsafe { _mm_storeu_si128(half.as_mut_ptr().cast(), vector) }
    }
}
