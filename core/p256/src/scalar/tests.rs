use super::*;
use crate::samples::{self, Random, hex};
use p256::elliptic_curve::bigint::U256;

fn words(number: &U256) -> Words {
    number::from_be_bytes(&number.to_be_bytes().into())
}

fn number_of(words: &Words) -> U256 {
    U256::from_be_slice(&number::be_bytes(words))
}

fn joined(r: &U256, s: &U256) -> [u8; 64] {
    let bytes: Vec<u8> = r.to_be_bytes().iter().chain(s.to_be_bytes().iter()).copied().collect();
    bytes.try_into().unwrap()
}

#[test]
fn products_are_those_of_big_integers() {
    let n = hex(samples::N);
    let r = U256::MAX.wrapping_sub(&n).wrapping_add(&U256::ONE);
    let numbers = samples::below(&n, 500);
    for a in &numbers {
        for b in &numbers {
            let product = number_of(&product(&words(a), &words(b)));
            assert!(product < n);
            assert_eq!(samples::product(&product, &r, &n), samples::product(a, b, &n), "{a} * {b}");
        }
    }
}

#[test]
fn every_number_but_zero_has_an_inverse() {
    let n = hex(samples::N);
    assert!(inverse::times_inverse(&number::ONE, &number::ZERO, &MODULUS).is_none());
    for number in samples::below(&n, 20_000).iter().filter(|number| **number != U256::ZERO) {
        let inverse = inverse::times_inverse(&number::ONE, &words(number), &MODULUS).unwrap();
        assert_eq!(samples::product(&number_of(&inverse), number, &n), U256::ONE, "{number}");
    }
}

#[test]
fn an_inverse_needs_numbers_without_a_common_divisor() {
    const FIFTEEN: Modulus = Modulus::new(limbs::from_u32([15, 0, 0, 0, 0, 0, 0, 0]));
    let small = |number: u32| limbs::from_u32([number, 0, 0, 0, 0, 0, 0, 0]);
    let inverse = |number| inverse::times_inverse(&number::ONE, &small(number), &FIFTEEN);
    for (number, expected) in [(1, 1), (2, 8), (4, 4), (7, 13), (8, 2), (11, 11), (13, 7), (14, 14)] {
        assert_eq!(inverse(number), Some(small(expected)), "{number}");
    }
    for number in [0, 3, 5, 6, 9, 10, 12] {
        assert_eq!(inverse(number), None, "{number}");
    }
}

#[test]
fn scalars_are_quotients_by_s() {
    let n = hex(samples::N);
    let numbers = samples::below(&n, 1000);
    let mut random = Random(8);
    for s in numbers.iter().filter(|number| **number != U256::ZERO) {
        let hash = random.edgy();
        let r = numbers[1 + random.below(numbers.len() - 1)];
        let scalars = Scalars::new(&joined(&r, s), &hash.to_be_bytes().into()).unwrap();
        assert_eq!(number_of(&scalars.r), r);
        let reduced = if hash < n { hash } else { hash.wrapping_sub(&n) };
        assert_eq!(samples::product(&number_of(&scalars.u1), s, &n), reduced);
        assert_eq!(samples::product(&number_of(&scalars.u2), s, &n), r);
    }
}

#[test]
fn r_and_s_are_in_range() {
    let n = hex(samples::N);
    let one = U256::ONE;
    let good = [one, U256::from(2_u8), n.wrapping_sub(&one)];
    let bad = [U256::ZERO, n, n.wrapping_add(&one), U256::MAX];
    let accepted = |r, s| Scalars::new(&joined(&r, &s), &[7; 32]).is_some();
    for first in good {
        for second in good {
            assert!(accepted(first, second));
        }
        for second in bad {
            assert!(!accepted(first, second) && !accepted(second, first));
        }
    }
}

#[test]
fn the_smaller_of_a_number_and_its_opposite() {
    let n = hex(samples::N);
    let half = n.shr_vartime(1);
    for number in samples::below(&n, 2000).into_iter().chain([half, half.wrapping_add(&U256::ONE)]) {
        let (folded, opposite) = folded(&words(&number));
        let expected = if number <= half { number } else { n.wrapping_sub(&number) };
        assert_eq!((number_of(&folded), opposite), (expected, number > half));
    }
}
