//! How long crafted signatures take. On request: `cargo checks crafted`.

use super::Es256Arithmetic;
use super::batch::check_hashes;
use super::ifma::Ifma;
use super::samples::{Case, Random, WINDOWS, bytes, constructed, prepared};
use crate::processor::lacking;
use glowband_core::TableShape;
use glowband_test_timing::ratio;
use p256::Scalar;
use std::hint::black_box;

/// The largest of these ratios, in a line that `cargo checks crafted` reads; fails if it is two.
fn largest(arithmetic: &str, shape: TableShape, ratios: impl Iterator<Item = f64>) {
    let ratio = ratios.fold(0.0, f64::max);
    println!("crafted: {arithmetic}\t{shape:?}\t{ratio:.3}");
    assert!(ratio < 2.0);
}

/// Fails if a crafted signature takes twice as long as genuine ones by the same arithmetic.
#[test]
#[ignore = "measures: run it alone and in release"]
fn no_signature_takes_twice_as_long_as_others() {
    if Ifma::detect().is_none() {
        lacking::tried_in_part(lacking::IFMA);
    }
    let mut random = Random(7);
    // Q = G and Q = −2G meet the generator's own table; the third key's owner crafts signatures for it.
    for secret in [Scalar::ONE, -Scalar::from(2_u64), random.scalar()] {
        let signing = p256::ecdsa::SigningKey::from_slice(&bytes(&secret)).unwrap();
        let normal: Vec<_> = (0..24)
            .map(|_| {
                loop {
                    let case = Case::random(&mut random, &signing);
                    if case.genuine {
                        break case;
                    }
                }
            })
            .collect();
        let mut crafted = constructed(&mut random, &secret, 10);
        // Every digit of u1 and u2 the same small number: as many lanes as can be run into each other.
        let repeated = |digit: u64, width: u32| {
            (0..256 / width - 1).fold(Scalar::ZERO, |sum, _| sum * Scalar::from(1_u64 << width) + Scalar::from(digit))
        };
        for width in [4, 5, 6, 8] {
            for digit in [1, 2] {
                let (u1, u2) = (repeated(digit, width), repeated(1, width));
                for (u1, u2) in [(u1, u2), (u1, -u2), (Scalar::ZERO, u2)] {
                    let (r, key) = (random.scalar(), signing.verifying_key());
                    let s = r * u2.invert().unwrap();
                    crafted.push(Case::new(key, bytes(&(u1 * s)), &bytes(&r), &bytes(&s)));
                }
            }
        }
        let shapes = WINDOWS.iter().flat_map(|shape| [shape; 2]);
        for (shape, key) in shapes.zip(prepared(signing.verifying_key(), &WINDOWS)) {
            let arithmetic = match key.arithmetic() {
                Es256Arithmetic::Avx512Ifma => "AVX-512 IFMA",
                _ => "portable",
            };
            let alone = |case: &Case| {
                let _ = black_box(key.check_hash(black_box(&case.hash), &case.signature));
            };
            largest(arithmetic, *shape, crafted.iter().map(|case| ratio(in_turn(&normal, alone), || alone(case))));
            if key.vectors().is_none() {
                continue;
            }
            let eight = |case: &Case| {
                let _ = black_box(check_hashes(&[Some(&key); 8], &[case.hash; 8], [&case.signature; 8]));
            };
            let ratios = crafted.iter().map(|case| ratio(in_turn(&normal, eight), || eight(case)));
            largest("AVX-512 IFMA, eight at once", *shape, ratios);
        }
    }
}

/// The call with one case after the other.
fn in_turn(cases: &[Case], call: impl Fn(&Case)) -> impl FnMut() {
    let mut turns = cases.iter().cycle();
    move || call(turns.next().expect("there are cases"))
}
