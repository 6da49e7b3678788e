use super::*;
use crate::samples::{self, hex};
use crate::scalar::N;
use crate::shape::TableShape;
use p256::elliptic_curve::bigint::U256;

fn words(number: &U256) -> Words {
    number::from_be_bytes(&number.to_be_bytes().into())
}

/// The number that a plan adds up to, modulo n.
fn total(plan: &Plan, layout: &Layout) -> U256 {
    let n = hex(samples::N);
    assert_eq!(number::be_bytes(&N), <[u8; 32]>::from(n.to_be_bytes()));
    let mut total = U256::ZERO;
    for row in plan.rows() {
        total = samples::sum(&total, &total, &n);
        for step in row {
            let (part, at) = (usize::from(step.entry) / layout.per_part, usize::from(step.entry) % layout.per_part);
            assert!(part < layout.parts);
            let multiple = match layout.digits {
                Digits::Windows => at + 1,
                Digits::Sparse => 2 * at + 1,
            };
            let mut value = U256::from(multiple as u64);
            for _ in 0..part as u32 * layout.spacing {
                value = samples::sum(&value, &value, &n);
            }
            total = samples::sum(&total, &if step.negative { n.wrapping_sub(&value) } else { value }, &n);
        }
    }
    total
}

#[test]
fn steps_add_up_to_the_scalar() {
    let n = hex(samples::N);
    let half = n.shr_vartime(1);
    let mut numbers = samples::below(&n, 600);
    numbers.extend([half, half.wrapping_add(&U256::ONE), half.wrapping_sub(&U256::ONE)]);
    for shape in TableShape::ALL {
        let layout = shape.layout();
        for number in &numbers {
            let mut plan = Plan::new();
            plan.put(Table::Key, &layout, &words(number));
            assert_eq!(total(&plan, &layout), *number, "{shape:?}");
        }
    }
}

#[test]
fn a_plan_has_room_for_every_scalar() {
    let n = hex(samples::N);
    for shape in TableShape::ALL {
        let layout = shape.layout();
        for number in samples::below(&n, 600) {
            let mut plan = Plan::new();
            plan.put(Table::Generator, &layout, &words(&number));
            assert!(usize::from(plan.used) <= MAX_STEPS / 2, "{shape:?} {}", plan.used);
            plan.put(Table::Key, &layout, &words(&number));
            assert_eq!(plan.rows().map(Iterator::count).sum::<usize>(), usize::from(plan.used));
        }
    }
}

#[test]
fn nothing_is_planned_for_zero() {
    for shape in TableShape::ALL {
        let mut plan = Plan::new();
        plan.put(Table::Key, &shape.layout(), &number::ZERO);
        assert_eq!(plan.rows().map(Iterator::count).sum::<usize>(), 0);
    }
}
