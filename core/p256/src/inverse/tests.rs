use super::*;
use crate::samples::{self, N, P, hex};
use p256::elliptic_curve::bigint::U256;

fn words(number: &U256) -> Words {
    number::from_be_bytes(&number.to_be_bytes().into())
}

#[test]
fn each_batch_keeps_its_coefficients_in_their_range() {
    for order in [hex(P), hex(N)] {
        let modulus = Modulus::new(words(&order));
        let minus_modulus = modulus.parts.map(|part| -part);
        let numbers = samples::below(&order, 2000);
        for (number, factor) in numbers.iter().zip(numbers.iter().rev()) {
            let (mut f, mut g) = (modulus.parts, cut(&words(number)));
            let (mut d, mut e) = ([0; PARTS], cut(&words(factor)));
            let (mut eta, mut batches) = (-1, 0);
            while !is_zero(&g) {
                let steps = steps(&mut eta, f[0].cast_unsigned(), g[0].cast_unsigned());
                (d, e) = steps.applied_modulo(&d, &e, &modulus);
                (f, g) = steps.applied(&f, &g);
                batches += 1;
                for coefficient in [d, e] {
                    let raised = sum(&sum(&coefficient, &modulus.parts), &modulus.parts);
                    assert!(!is_negative(&raised), "{number} * {factor}: below -2 * modulus");
                    assert!(is_negative(&sum(&coefficient, &minus_modulus)), "{number} * {factor}: above the modulus");
                }
            }
            assert!(batches <= BATCHES, "{number}");
        }
    }
}
