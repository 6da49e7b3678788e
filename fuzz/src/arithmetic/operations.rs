//! Each operation of one width of limbs, compared with big integers.

/// Declares a module that compares the operations of one crate: `glowband_p256`, or the same sources with narrow limbs.
macro_rules! operations {
    ($width:ident, $crate_name:ident) => {
        mod $width {
            use crate::arithmetic::numbers::{self, bytes, difference, n, p, product, reduced, sum};
            use p256::elliptic_curve::bigint::U256;
            use $crate_name::internals::{
                FieldElement, Scalars, Words, be_bytes, folded, from_be_bytes, window_digits,
            };

            fn element(number: &U256) -> FieldElement {
                FieldElement::new(&from_be_bytes(&bytes(number))).expect("it is below p")
            }

            fn number_of(element: &FieldElement) -> U256 {
                assert!(element.is_reduced());
                numbers::number(&be_bytes(&element.number()))
            }

            /// Everything that the field can do.
            pub(super) fn field(a: &[u8; 32], b: &[u8; 32]) {
                let p = p();
                for number in [a, b] {
                    let below = numbers::number(number) < p;
                    assert_eq!(FieldElement::new(&from_be_bytes(number)).is_some(), below);
                }
                let (a, b) = (reduced(&numbers::number(a), &p), reduced(&numbers::number(b), &p));
                // As numbers, and as words that stand for others in Montgomery's form: so both are at their extremes.
                for montgomery in [false, true] {
                    let made = |it: &U256| {
                        if montgomery {
                            let mut words = bytes(it);
                            words.reverse();
                            FieldElement::from_montgomery_bytes(&words)
                        } else {
                            element(it)
                        }
                    };
                    let (x, y) = (made(&a), made(&b));
                    let (a, b) = (number_of(&x), number_of(&y));
                    assert_eq!(number_of(&x.add(&y)), sum(&a, &b, &p));
                    assert_eq!(number_of(&x.double()), sum(&a, &a, &p));
                    assert_eq!(number_of(&x.sub(&y)), difference(&a, &b, &p));
                    assert_eq!(number_of(&x.mul(&y)), product(&a, &b, &p));
                    assert_eq!(number_of(&x.square()), product(&a, &a, &p));
                    assert_eq!(x.is_zero(), a == U256::ZERO);
                    assert_eq!(x == y, a == b);
                    assert!(FieldElement::from_montgomery_bytes(&x.montgomery_bytes()) == x);
                    match x.invert() {
                        Some(inverse) => assert_eq!(product(&number_of(&inverse), &a, &p), U256::ONE),
                        None => assert_eq!(a, U256::ZERO),
                    }
                    if !x.is_zero() {
                        assert_eq!(number_of(&x.negated_if(true)), difference(&U256::ZERO, &a, &p));
                    }
                    let root = x.square().square_root().expect("it is a square");
                    assert!([a, difference(&U256::ZERO, &a, &p)].contains(&number_of(&root)));
                }
            }

            /// What a signature (a, b) over the hash a makes of its numbers, and the digits of those.
            pub(super) fn scalars(a: &[u8; 32], b: &[u8; 32]) {
                let n = n();
                let in_range = |number: &[u8; 32]| numbers::number(number) != U256::ZERO && numbers::number(number) < n;
                let signature: [u8; 64] = [*a, *b].concat().try_into().expect("it is as long");
                let scalars = Scalars::new(&signature, a);
                assert_eq!(scalars.is_some(), in_range(a) && in_range(b));
                let Some(scalars) = scalars else { return };
                fn plain(words: &Words) -> U256 {
                    numbers::number(&be_bytes(words))
                }
                let (r, s) = (numbers::number(a), numbers::number(b));
                let (u1, u2) = (plain(&scalars.u1), plain(&scalars.u2));
                assert!(plain(&scalars.r) == r && u1 < n && u2 < n);
                assert_eq!(product(&u1, &s, &n), reduced(&numbers::number(a), &n));
                assert_eq!(product(&u2, &s, &n), r);
                // The same out of a batch, between others that are not in range.
                let zero = [0; 64];
                for batch in Scalars::batch([(&zero, a), (&signature, a), (&signature, a), (&[0xff; 64], a)])
                    .into_iter()
                    .flatten()
                {
                    assert!(plain(&batch.u1) == u1 && plain(&batch.u2) == u2 && plain(&batch.r) == r);
                }
                let (smaller, opposite) = folded(&scalars.u2);
                let expected = if opposite { difference(&U256::ZERO, &u2, &n) } else { u2 };
                assert_eq!(plain(&smaller), expected);
                let limbs: [u64; 4] = std::array::from_fn(|at| {
                    u64::from_be_bytes(bytes(&u2)[24 - 8 * at..32 - 8 * at].try_into().expect("it is as long"))
                });
                for width in 2..=8 {
                    let mut digits = [0; 128];
                    window_digits(&limbs, width, &mut digits);
                    let total = digits.iter().rev().fold(U256::ZERO, |mut total, digit: &i16| {
                        assert!(digit.unsigned_abs() <= 1 << (width - 1));
                        (0..width).for_each(|_| total = sum(&total, &total, &n));
                        let value = U256::from(digit.unsigned_abs());
                        if *digit < 0 { difference(&total, &value, &n) } else { sum(&total, &value, &n) }
                    });
                    assert_eq!(total, u2);
                }
            }
        }
    };
}
pub(super) use operations;
