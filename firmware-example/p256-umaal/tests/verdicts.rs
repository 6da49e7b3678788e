//! Whole verifications by this crate's points: another library signs, the core's own points give the same verdict.

use glowband_core::{PreparedEs256Key, PreparedTable, SignatureCheck, TableEntry, TableShape};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256_umaal::UmaalEs256Key;

const SHAPES: [TableShape; 3] = [TableShape::Comb2, TableShape::Comb4, TableShape::Windows4];

fn generator(shape: TableShape) -> Vec<TableEntry> {
    let mut memory = vec![[0; 64]; shape.entries()];
    PreparedTable::generator(shape, &mut memory).expect("memory of the right length");
    memory
}

/// Both verdicts on a signature, which are the same.
fn verdict(shape: TableShape, point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (generator, mut memory) = (generator(shape), vec![[0; 64]; shape.entries()]);
    let table = PreparedTable::build(shape, point, &mut memory).expect("a point");
    let key = PreparedEs256Key::new(table, PreparedTable::trusted(shape, &generator).expect("a table")).expect("a key");
    let (own, other) = (UmaalEs256Key(key).check(message, signature), key.check(message, signature));
    assert_eq!(own, other, "{shape:?} {point:x?} {message:?} {signature:x?}");
    own.is_ok()
}

fn point(key: &SigningKey) -> Vec<u8> {
    key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
}

#[test]
fn genuine_signatures_are_accepted_and_changed_ones_are_not() {
    for (round, shape) in (1..=20_u8).flat_map(|round| SHAPES.map(|shape| (round, shape))) {
        let key = SigningKey::from_slice(&[round; 32]).expect("a scalar");
        let message = vec![round; usize::from(round) * 7];
        let signature: Signature = key.sign(&message);
        let signature = signature.to_bytes();
        assert!(verdict(shape, &point(&key), &message, &signature));
        let mut changed = signature;
        changed[usize::from(round) * 3 % 64] ^= 1 << (round % 8);
        assert!(!verdict(shape, &point(&key), &message, &changed));
        let another = SigningKey::from_slice(&[round + 100; 32]).expect("a scalar");
        assert!(!verdict(shape, &point(&another), &message, &signature));
    }
}

#[test]
fn sums_that_meet_themselves_or_their_opposite_are_right() {
    // Keys that are small multiples of the generator, and their opposites: the two tables hold the same points, so that sums
    // double and vanish on the way.
    const N: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
        0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    for small in 1..=16_u8 {
        let (mut scalar, mut opposite) = ([0; 32], N);
        scalar[31] = small;
        opposite[31] -= small;
        for scalar in [scalar, opposite] {
            let key = SigningKey::from_slice(&scalar).expect("a scalar");
            for shape in SHAPES {
                for message in [&b"a.b"[..], b"", b"x"] {
                    let signature: Signature = key.sign(message);
                    assert!(verdict(shape, &point(&key), message, &signature.to_bytes()));
                    // r and s that an attacker chooses: 1, 2, n − 1.
                    let mut chosen = [0; 64];
                    (chosen[31], chosen[63]) = (small, 1);
                    verdict(shape, &point(&key), message, &chosen);
                    chosen[32..].copy_from_slice(&N);
                    chosen[63] -= 1;
                    verdict(shape, &point(&key), message, &chosen);
                }
            }
        }
    }
}

#[test]
fn what_is_no_signature_is_refused() {
    let key = SigningKey::from_slice(&[7; 32]).expect("a scalar");
    for signature in [&[0; 64][..], &[0xff; 64], &[1; 63], &[]] {
        assert!(!verdict(TableShape::Comb4, &point(&key), b"a.b", signature));
    }
}
