//! How long crafted signatures take. On request: `cargo checks crafted`.

use super::Es256Arithmetic;
use super::batch::check_hashes;
use super::samples::{Case, Random, WINDOWS, bytes, constructed, prepared};
use glowband_core::TableShape;
use p256::Scalar;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The fastest of several rounds, for one call.
fn fastest(mut call: impl FnMut()) -> Duration {
    let mut round = || {
        let start = Instant::now();
        (0..32).for_each(|_| call());
        start.elapsed() / 32
    };
    (0..24).map(|_| round()).min().unwrap_or_default()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// In a line that `cargo checks crafted` reads.
fn said(arithmetic: &str, shape: TableShape, usual: Duration, slowest: Duration) {
    println!("crafted: {arithmetic}\t{shape:?}\t{}\t{}", usual.as_nanos(), slowest.as_nanos());
    assert!(slowest < 2 * usual);
}

/// Prints the times; fails if a crafted signature takes twice as long as others by the same arithmetic.
#[test]
#[ignore = "prints times: run it alone and in release"]
fn no_signature_takes_twice_as_long_as_others() {
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
                fastest(|| {
                    let _ = black_box(key.check_hash(black_box(&case.hash), &case.signature));
                })
            };
            let usual = median(normal.iter().map(alone).collect());
            let slowest = crafted.iter().map(alone).max().unwrap_or_default();
            said(arithmetic, *shape, usual, slowest);
            if key.vectors().is_none() {
                continue;
            }
            let eight = |case: &Case| {
                fastest(|| {
                    let _ = black_box(check_hashes(&[Some(&key); 8], &[case.hash; 8], [&case.signature; 8]));
                })
            };
            let usual = median(normal.iter().map(eight).collect()) / 8;
            let slowest = crafted.iter().map(eight).max().unwrap_or_default() / 8;
            said("AVX-512 IFMA, eight at once", *shape, usual, slowest);
        }
    }
}
