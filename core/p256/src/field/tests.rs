use super::*;
use crate::samples::{self, P, hex};
use p256::elliptic_curve::bigint::U256;

fn words(number: &U256) -> Words {
    number::from_be_bytes(&number.to_be_bytes().into())
}

fn element(number: &U256) -> FieldElement {
    FieldElement::new(&words(number)).unwrap()
}

fn number_of(element: &FieldElement) -> U256 {
    assert!(element.is_reduced());
    U256::from_be_slice(&number::be_bytes(&element.number()))
}

#[test]
fn numbers_go_in_and_out_and_those_above_are_refused() {
    let p = hex(P);
    for number in samples::below(&p, 2000) {
        let element = element(&number);
        assert_eq!(number_of(&element), number);
        assert_eq!(FieldElement::from_montgomery_bytes(&element.montgomery_bytes()), element);
        assert_eq!(element.is_zero(), number == U256::ZERO);
    }
    assert_eq!(number_of(&FieldElement::ONE), U256::ONE);
    for above in [p, p.wrapping_add(&U256::ONE), U256::MAX] {
        assert!(FieldElement::new(&words(&above)).is_none());
        assert!(!FieldElement(words(&above)).is_reduced());
    }
}

#[test]
fn differences_do_not_make_up_for_each_other() {
    let one = FieldElement::ONE;
    let limbs = one.0.len();
    for (low, high) in (0..limbs).flat_map(|high| (0..high).map(move |low| (low, high))) {
        let mut other = one;
        other.0[low] ^= 1;
        assert_ne!(other, one, "{low}");
        other.0[high] ^= 1;
        assert_ne!(other, one, "{low} and {high}");
    }
}

#[test]
fn the_constants_are_what_a_machine_computes() {
    let (p, modulus) = (hex(P), Modulus::new(words(&hex(P))));
    assert_eq!(modulus.negated_inverse(), MODULUS.negated_inverse());
    // 2^256 modulo p is one.
    let one = FieldElement::from_montgomery([1, 0, 0, !0, !0, !0, 0xffff_fffe, 0]);
    assert_eq!((one, number_of(&one)), (FieldElement::ONE, U256::ONE));
    for number in samples::below(&p, 200).iter().filter(|number| **number != U256::ZERO) {
        let inverse = inverse::times_inverse(&number::ONE, &words(number), &modulus).unwrap();
        let inverse = U256::from_be_slice(&number::be_bytes(&inverse));
        assert_eq!(samples::product(&inverse, number, &p), U256::ONE, "{number}");
    }
}

#[test]
fn sums_differences_and_products_are_those_of_big_integers() {
    let p = hex(P);
    let numbers = samples::below(&p, 400);
    let elements: Vec<FieldElement> = numbers.iter().map(element).collect();
    for (a, x) in numbers.iter().zip(&elements) {
        for (b, y) in numbers.iter().zip(&elements) {
            let sum = samples::sum(a, b, &p);
            assert_eq!(number_of(&x.add(y)), sum, "{a} + {b}");
            assert_eq!(element(&sum).sub(y), *x, "{sum} - {b}");
            assert_eq!(number_of(&x.mul(y)), samples::product(a, b, &p), "{a} * {b}");
        }
        assert_eq!(x.square(), x.mul(x), "{a} squared");
        assert_eq!(x.double(), x.add(x));
        assert_eq!(x.negated_if(false), *x);
        if !x.is_zero() {
            assert_eq!(x.negated_if(true), FieldElement::ZERO.sub(x));
        }
    }
}

/// Montgomery's form itself is at its extremes here, not the number.
#[test]
fn words_at_their_extremes_multiply_like_big_integers() {
    let p = hex(P);
    let numbers = samples::below(&p, 700);
    // 2^256 times the product is the product of the words.
    let r = U256::MAX.wrapping_sub(&p).wrapping_add(&U256::ONE);
    for a in &numbers {
        let x = FieldElement(words(a));
        for b in &numbers {
            let product = U256::from_be_slice(&number::be_bytes(&x.mul(&FieldElement(words(b))).0));
            assert!(product < p);
            assert_eq!(samples::product(&product, &r, &p), samples::product(a, b, &p), "{a} * {b}");
        }
        assert_eq!(x.square(), x.mul(&x), "{a} squared");
    }
}

#[test]
fn inverses_and_roots() {
    assert!(FieldElement::ZERO.invert().is_none());
    let (mut with_root, mut without) = (0, 0);
    for number in samples::below(&hex(P), 2000).iter().filter(|number| **number != U256::ZERO) {
        let element = element(number);
        assert_eq!(element.invert().unwrap().mul(&element), FieldElement::ONE, "{number}");
        let square = element.square();
        let root = square.square_root().unwrap();
        assert!(root == element || root == element.negated_if(true), "{number}");
        match element.square_root() {
            Some(root) => {
                assert_eq!(root.square(), element);
                with_root += 1;
            }
            // −1 has no root, so of x and −x exactly one has.
            None => {
                assert!(element.negated_if(true).square_root().is_some());
                without += 1;
            }
        }
    }
    assert!(with_root > 700 && without > 700, "{with_root} {without}");
}
