//! Eight numbers at once by AVX-512 IFMA, against the same operations one by one. The bounds in the types of the results
//! are looked at besides, by the assertions in verify's own sources.

use super::numbers::{bytes, difference, long, number, p, product, reduced, sum};
use crate::input::Input;
use glowband_p256::internals::Number;
use glowband_verify::internals::ifma_field;
use glowband_verify::internals::ifma_lanes::{Columns, Factor, Lanes};
use p256::elliptic_curve::bigint::{U256, U512};
use std::sync::LazyLock;

/// As `glowband-verify` looks at the processor, which tests may take for a lesser one.
static HAS_IFMA: LazyLock<bool> = LazyLock::new(|| {
    let masked = std::env::var("GLOWBAND_TEST_WITHOUT").is_ok_and(|list| list.split(',').any(|it| it == "avx512ifma"));
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma") && !masked
});

/// Eight pairs of numbers from these bytes.
pub(super) fn compare(input: &mut Input<'_>) {
    if !*HAS_IFMA {
        return;
    }
    // SAFETY: the processor has the instructions.
    unsafe { operations(input) };
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn operations(input: &mut Input<'_>) {
    let mut taken = || -> [U256; 8] { std::array::from_fn(|_| number(&input.take())) };
    let (a, b) = (taken(), taken());
    let mask = input.byte();
    // 2^256 is below 17/16 · p.
    let (x, y) = (Lanes::<17>::of(&a.each_ref().map(limbs)), Lanes::<17>::of(&b.each_ref().map(limbs)));
    let p = p();
    let r = (0..260).fold(U256::ONE, |r, _| sum(&r, &r, &p));
    let (a, b) = (a.map(|it| reduced(&it, &p)), b.map(|it| reduced(&it, &p)));
    let minus = |it: &U256| difference(&U256::ZERO, it, &p);
    let signed = |lane: usize, it: &U256| if mask >> lane & 1 == 1 { minus(it) } else { *it };
    // A product, as columns, goes on into everything that takes columns.
    let columns: Columns<18> = ifma_field::product(&x.factor(), &y.factor());
    let times_r = |it: &U256| product(it, &r, &p);
    let of_columns = plain(&columns.carried());
    for lane in 0..8 {
        assert_eq!(times_r(&of_columns[lane]), product(&a[lane], &b[lane], &p));
    }
    let squares: Columns<18> = ifma_field::square(&x.factor());
    for (square, a) in plain(&squares.carried()).iter().zip(&a) {
        assert_eq!(times_r(square), product(a, a, &p));
    }
    let both: Lanes<19> = ifma_field::product_sum((&x.factor(), &y.factor()), (&y.factor(), &y.factor()));
    for (lane, both) in plain(&both).iter().enumerate() {
        let expected = product(&sum(&a[lane], &b[lane], &p), &b[lane], &p);
        assert_eq!(times_r(both), expected);
    }
    let less: Factor<49> = ifma_field::difference(&x, &columns).factor();
    let signed_less: Factor<66> = ifma_field::signed_difference(mask, &columns, &y).factor();
    let negated: Lanes<32> = ifma_field::negated_in(mask, &columns);
    let together: Factor<34> = ifma_field::sum(&x, &y).factor();
    let x_of_sum = ifma_field::x_of_sum(&squares, &columns, &columns);
    let reduced_x = ifma_field::signed_reduced(mask, &x);
    let (less_zeros, together_zeros) = (less.zeros(), together.zeros());
    let (less, signed_less) = (plain(&less.lanes()), plain(&signed_less.lanes()));
    let (negated, together) = (plain(&negated), plain(&together.lanes()));
    let (x_of_sum, reduced_x, squares) = (plain(&x_of_sum), plain(&reduced_x), plain(&squares.carried()));
    for lane in 0..8 {
        let (a, b, c) = (&a[lane], &b[lane], &of_columns[lane]);
        assert_eq!(less[lane], difference(a, c, &p));
        assert_eq!(signed_less[lane], difference(&signed(lane, c), b, &p));
        assert_eq!(negated[lane], signed(lane, c));
        assert_eq!(together[lane], sum(a, b, &p));
        assert_eq!(x_of_sum[lane], difference(&squares[lane], c, &p));
        assert_eq!(reduced_x[lane], signed(lane, a));
        assert_eq!(less_zeros >> lane & 1 == 1, a == c);
        assert_eq!(together_zeros >> lane & 1 == 1, *a == minus(b));
    }
}

/// The numbers modulo p in the lanes.
#[target_feature(enable = "avx512f,avx512ifma")]
fn plain<const BOUND: u32>(lanes: &Lanes<BOUND>) -> [U256; 8] {
    let p = p();
    lanes.to_limbs().map(|limbs| {
        let whole = limbs.iter().rev();
        long(&p, whole.fold(U512::ZERO, |whole, limb| whole.shl_vartime(52).wrapping_add(&U512::from(*limb))))
    })
}

fn limbs(number: &U256) -> Number {
    let bytes = bytes(number);
    std::array::from_fn(|at| u64::from_be_bytes(bytes[24 - 8 * at..32 - 8 * at].try_into().expect("it is as long")))
}
