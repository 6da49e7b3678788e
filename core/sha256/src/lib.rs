#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
// No code here may panic; the firmware proves it when it is linked.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic))]

// Eight rounds are unrolled instead of all 64. `sha2`'s compact variant is as small and takes twice as many instructions.

mod hmac;

pub use self::hmac::HmacKey;

/// Bytes in a block.
const BLOCK: usize = 64;

/// The eight words that each block changes.
type State = [u32; 8];

/// FIPS 180-4 §5.3.3.
const START: State =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// FIPS 180-4 §4.2.2, by eights.
static K: [[u32; 8]; 8] = [
    [0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5],
    [0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174],
    [0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da],
    [0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967],
    [0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85],
    [0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070],
    [0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3],
    [0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2],
];

/// Computes the SHA-256 of a message in two pieces.
#[inline(never)]
pub fn digest(front: &[u8], behind: &[u8]) -> [u8; 32] {
    let mut state = START;
    let (blocks, rest) = front.as_chunks();
    for block in blocks {
        compress(&mut state, block);
    }
    // The block that holds the end of the first piece and the beginning of the second.
    let (near, far) = behind.split_at_checked(BLOCK - rest.len()).unwrap_or((behind, &[]));
    let mut block = [0; BLOCK];
    for (place, byte) in block.iter_mut().zip(rest.iter().chain(near)) {
        *place = *byte;
    }
    match block.get(..rest.len() + near.len()) {
        Some(part) if part.len() < BLOCK => finish(&mut state, part, front.len() - rest.len()),
        _ => {
            compress(&mut state, &block);
            finish(&mut state, far, front.len() + near.len())
        }
    }
}

/// Hashes one block.
#[inline(never)]
fn compress(state: &mut State, block: &[u8; BLOCK]) {
    let words = expanded(block);
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
    // The names rotate instead of the words. After eight rounds each word is where it was.
    macro_rules! round {
        ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $k:expr, $w:expr) => {
            let sum = $h.wrapping_add($k).wrapping_add($w).wrapping_add(choice($e, $f, $g)).wrapping_add(sum_1($e));
            $d = $d.wrapping_add(sum);
            $h = sum.wrapping_add(sum_0($a)).wrapping_add(majority($a, $b, $c));
        };
    }
    for ([k0, k1, k2, k3, k4, k5, k6, k7], [w0, w1, w2, w3, w4, w5, w6, w7]) in K.iter().zip(words.as_chunks().0) {
        round!(a b c d e f g h, *k0, *w0);
        round!(h a b c d e f g, *k1, *w1);
        round!(g h a b c d e f, *k2, *w2);
        round!(f g h a b c d e, *k3, *w3);
        round!(e f g h a b c d, *k4, *w4);
        round!(d e f g h a b c, *k5, *w5);
        round!(c d e f g h a b, *k6, *w6);
        round!(b c d e f g h a, *k7, *w7);
    }
    for (word, mixed) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *word = word.wrapping_add(mixed);
    }
}

/// Hashes the rest of a message, pads it (FIPS 180-4 §5.1.1) and returns the hash. `before` bytes were hashed before.
#[inline(never)]
fn finish(state: &mut State, message: &[u8], before: usize) -> [u8; 32] {
    let (blocks, rest) = message.as_chunks::<BLOCK>();
    for block in blocks {
        compress(state, block);
    }
    let mut last = [0; BLOCK];
    for (place, byte) in last.iter_mut().zip(rest.iter().chain(&[0x80])) {
        *place = *byte;
    }
    // If the length does not fit after the rest, it goes into another block.
    if rest.len() > BLOCK - 9 {
        compress(state, &last);
        last = [0; BLOCK];
    }
    let bits = (message.len() as u64).wrapping_add(before as u64).wrapping_mul(8);
    if let Some(place) = last.last_chunk_mut() {
        *place = bits.to_be_bytes();
    }
    compress(state, &last);
    let mut hash = [0; 32];
    for (place, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    hash
}

/// Expands a block to the 64 words of the rounds.
#[inline(always)]
fn expanded(block: &[u8; BLOCK]) -> [u32; 64] {
    let mut words = [0; 64];
    for (place, word) in words.iter_mut().zip(block.as_chunks().0) {
        *place = u32::from_be_bytes(*word);
    }
    // Four words at a time, each from sixteen earlier ones.
    for from in (0..48).step_by(4) {
        let Some(known) = words.get_mut(from..).and_then(|rest| rest.first_chunk_mut::<20>()) else { break };
        let [w0, w1, w2, w3, w4, .., w9, w10, w11, w12, _, w14, w15, w16, w17, w18, w19] = known;
        let next = |w0: &u32, w1: &u32, w9: &u32, w14: &u32| {
            w0.wrapping_add(small_0(*w1)).wrapping_add(*w9).wrapping_add(small_1(*w14))
        };
        *w16 = next(w0, w1, w9, w14);
        *w17 = next(w1, w2, w10, w15);
        *w18 = next(w2, w3, w11, w16);
        *w19 = next(w3, w4, w12, w17);
    }
    words
}

#[inline(always)]
fn choice(e: u32, f: u32, g: u32) -> u32 {
    (f ^ g) & e ^ g
}

#[inline(always)]
fn majority(a: u32, b: u32, c: u32) -> u32 {
    a & b | (a | b) & c
}

#[inline(always)]
fn sum_0(a: u32) -> u32 {
    a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22)
}

#[inline(always)]
fn sum_1(e: u32) -> u32 {
    e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25)
}

#[inline(always)]
fn small_0(word: u32) -> u32 {
    word.rotate_right(7) ^ word.rotate_right(18) ^ word >> 3
}

#[inline(always)]
fn small_1(word: u32) -> u32 {
    word.rotate_right(17) ^ word.rotate_right(19) ^ word >> 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest as _;

    #[test]
    fn every_length_hashes_as_sha2_does() {
        let bytes: Vec<u8> = (0..400_u32).map(|i| (i * i * 31 + i * 7).to_le_bytes()[0]).collect();
        for length in 0..bytes.len() {
            let (message, hash) = (&bytes[..length], <[u8; 32]>::from(sha2::Sha256::digest(&bytes[..length])));
            for cut in [0, 1, 63, 64, 65, 96, 128, 200, length].into_iter().filter(|cut| *cut <= length) {
                let (front, behind) = message.split_at(cut);
                assert_eq!(digest(front, behind), hash, "{length} cut at {cut}");
            }
        }
    }

    #[test]
    fn the_published_example() {
        // FIPS 180-4, "abc".
        let hash = [
            0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03,
            0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
        ];
        assert_eq!(digest(b"abc", b""), hash);
    }
}
