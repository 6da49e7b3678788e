//! Against numbers of 512 bits: limbs at their extremes, bounds at theirs.

// The functions with vector instructions are called from a test, which has none.
#![allow(unsafe_code)]

use super::*;
use crate::es256::ifma_entries::coordinates;
use crate::es256::ifma_lanes::{MASK, multiple_of_p};
use crate::es256::tests::samples::Random;
use crate::processor::lacking;
use glowband_core::TableEntry;
use glowband_p256::internals::Number;
use p256::elliptic_curve::bigint::{NonZero, U512};
use std::arch::x86_64::_mm512_set_epi64;

fn p() -> U512 {
    value(&P)
}

fn value(limbs: &[u64; LIMBS]) -> U512 {
    limbs.iter().rev().fold(U512::ZERO, |value, limb| value.shl_vartime(52).wrapping_add(&U512::from(*limb)))
}

fn modulo_p(value: &U512) -> U512 {
    value.rem_vartime(&NonZero::new(p()).unwrap())
}

/// a·b / R modulo p.
fn expected_product(a: &U512, b: &U512) -> U512 {
    // 1/R modulo p by Fermat would be long; instead R·result is compared.
    modulo_p(&modulo_p(a).wrapping_mul(&modulo_p(b)))
}

fn times_r(value: &U512) -> U512 {
    (0..260).fold(modulo_p(value), |value, _| modulo_p(&value.shl_vartime(1)))
}

/// Numbers of at most bound/16 · p: the ends, those with limbs at their extremes, and others.
fn numbers(random: &mut Random, bound: u32) -> [[u64; LIMBS]; 8] {
    let most = p().wrapping_mul(&U512::from(bound)).shr_vartime(4);
    std::array::from_fn(|lane| {
        let number = match lane {
            0 => most,
            1 => most.wrapping_sub(&U512::ONE),
            _ => loop {
                let limbs: [u64; LIMBS] = std::array::from_fn(|_| match random.below(5) {
                    0 => 0,
                    1 | 2 => MASK,
                    3 => [1, MASK - 1, 1 << 51, (1 << 44) - 1][random.below(4)],
                    _ => random.number() & MASK,
                });
                let number = value(&limbs).shr_vartime(u32::try_from(random.below(6)).unwrap());
                if number <= most {
                    break number;
                }
            },
        };
        let mut rest = number;
        std::array::from_fn(|_| {
            let limb = rest.as_words()[0] & MASK;
            rest = rest.shr_vartime(52);
            limb
        })
    })
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn factor<const B: u32>(numbers: &[[u64; LIMBS]; 8], random: &mut Random) -> Factor<B> {
    // What is above the lowest 52 bits means nothing, but in the last limb.
    let dirty = |number: &[u64; LIMBS]| {
        let [a, b, c, d, last] = *number;
        let [a, b, c, d] = [a, b, c, d].map(|limb| limb | random.number() << 52);
        [a, b, c, d, last]
    };
    Factor::new(vectors(&numbers.each_ref().map(dirty)))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn lanes<const B: u32>(numbers: &[[u64; LIMBS]; 8]) -> Lanes<B> {
    Lanes::new(vectors(numbers))
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn vectors(numbers: &[[u64; LIMBS]; 8]) -> Limbs {
    let mut limbs = [_mm512_setzero_si512(); LIMBS];
    for (at, limb) in limbs.iter_mut().enumerate() {
        let [a, b, c, d, e, f, g, h] = numbers.map(|number| number[at].cast_signed());
        *limb = _mm512_set_epi64(h, g, f, e, d, c, b, a);
    }
    limbs
}

/// Each lane of the result is what `expected` says of the lanes of the operands, modulo p. Its bound is kept, as the
/// assertion in `Lanes::new` says.
#[target_feature(enable = "avx512f,avx512ifma")]
fn equal<const OUT: u32>(result: &Lanes<OUT>, expected: impl Fn(usize) -> U512) {
    assert!(result.is_within());
    for (lane, limbs) in result.to_limbs().iter().enumerate() {
        assert_eq!(modulo_p(&value(limbs)), modulo_p(&expected(lane)), "lane {lane}");
    }
}

/// The same for a result that is not carried yet, in both forms that it can get.
#[target_feature(enable = "avx512f,avx512ifma")]
fn same<const OUT: u32>(result: Uncarried<OUT>, expected: impl Fn(usize) -> U512) {
    equal(&result.carried(), &expected);
    equal(&result.factor().lanes(), &expected);
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn operations() {
    let mut random = Random(1);
    let round = |random: &mut Random| {
        let (widest, narrow) = (numbers(random, 256), numbers(random, 20));
        let (a, b) = (lanes::<256>(&widest), lanes::<20>(&narrow));
        let (of_a, of_b) = (|lane: usize| value(&widest[lane]), |lane: usize| value(&narrow[lane]));
        let p16 = p().shl_vartime(4);
        // Products, compared times R; carried on to both forms.
        let (by_a, by_b) = (factor::<256>(&widest, random), factor::<20>(&narrow, random));
        let columns: Columns<36> = product(&by_a, &by_b);
        for numbers in [columns.carried().to_limbs(), columns.factor().lanes().to_limbs()] {
            for (lane, limbs) in numbers.iter().enumerate() {
                assert_eq!(times_r(&value(limbs)), expected_product(&of_a(lane), &of_b(lane)));
            }
        }
        let wide = numbers(random, 240);
        let columns: Columns<256> = product(&by_a, &factor::<240>(&wide, random));
        for (lane, limbs) in columns.carried().to_limbs().iter().enumerate() {
            assert_eq!(times_r(&value(limbs)), expected_product(&of_a(lane), &value(&wide[lane])));
        }
        let (one, other) = (numbers(random, 173), numbers(random, 173));
        let (c, d) = (factor::<173>(&one, random), factor::<173>(&other, random));
        for (lane, limbs) in product_sum::<173, 173, 173, 173, 250>((&c, &c), (&d, &d)).to_limbs().iter().enumerate() {
            let squares = [&one, &other].map(|all| expected_product(&value(&all[lane]), &value(&all[lane])));
            assert_eq!(times_r(&value(limbs)), modulo_p(&squares[0].wrapping_add(&squares[1])));
        }
        let most = numbers(random, 247);
        let columns: Columns<255> = square(&factor::<247>(&most, random));
        for (lane, limbs) in columns.carried().to_limbs().iter().enumerate() {
            let number = value(&most[lane]);
            assert_eq!(times_r(&value(limbs)), expected_product(&number, &number));
        }
        // Sums and differences; −b is 16p − b.
        let less = |a: U512, b: U512| a.wrapping_add(&p16).wrapping_sub(&b);
        let wide = numbers(random, 124);
        let of_wide = |lane: usize| value(&wide[lane]);
        let c = lanes::<124>(&wide);
        let mask = random.bytes()[0];
        let signed = |lane: usize, number: U512| if mask >> lane & 1 == 1 { less(U512::ZERO, number) } else { number };
        same::<52>(difference(&b, &b), |_| U512::ZERO);
        same::<156>(difference(&c, &b), |lane| less(of_wide(lane), of_b(lane)));
        same::<148>(difference(&b, &c), |lane| less(of_b(lane), of_wide(lane)));
        same::<144>(sum(&b, &c), |lane| of_b(lane).wrapping_add(&of_wide(lane)));
        same::<180>(signed_difference(mask, &b, &c), |lane| less(signed(lane, of_b(lane)), of_wide(lane)));
        equal::<128>(&negated_in(mask, &c), |lane| signed(lane, of_wide(lane)));
        equal(&signed_reduced(mask, &a), |lane| signed(lane, of_a(lane)));
        equal(&x_of_sum(&c, &b, &b), |lane| less(of_wide(lane), of_b(lane)));
        // Columns as they come from products, at the most that a bound allows.
        let (x, y): (Columns<255>, Columns<36>) = (square(&factor::<247>(&most, random)), product(&by_a, &by_b));
        let of_columns = |columns: Columns<255>, lane: usize| value(&columns.carried().to_limbs()[lane]);
        let of_y = |lane: usize| value(&y.carried().to_limbs()[lane]);
        let narrower: Columns<100> = square(&factor::<124>(&wide, random));
        let of_narrower = |lane: usize| value(&narrower.carried().to_limbs()[lane]);
        same::<256>(difference(&narrower, &narrower), |_| U512::ZERO);
        same::<148>(difference(&narrower, &y), |lane| less(of_narrower(lane), of_y(lane)));
        equal(&x_of_sum(&narrower, &y, &y), |lane| less(of_narrower(lane), of_y(lane)));
        equal::<256>(&negated_in(mask, &x), |lane| signed(lane, of_columns(x, lane)));
        // Choices and moves.
        equal(&a.or(mask, &b.widened()), |lane| if mask >> lane & 1 == 1 { of_b(lane) } else { of_a(lane) });
        equal(&a.swapped::<4>(), |lane| of_a(lane ^ 4));
        equal(&a.swapped::<2>(), |lane| of_a(lane ^ 2));
        equal(&a.swapped::<1>(), |lane| of_a(lane ^ 1));
        let mixed = by_a.or(mask, &by_b.widened());
        equal(&mixed.lanes(), |lane| if mask >> lane & 1 == 1 { of_b(lane) } else { of_a(lane) });
        equal(&by_a.swapped::<2>().lanes(), |lane| of_a(lane ^ 2));
    };
    for _ in 0..300 {
        round(&mut random);
    }
}

/// Columns of numbers of at most bound/16 · p whose limbs are as large as those of a product can be, or nothing.
#[target_feature(enable = "avx512f,avx512ifma")]
fn columns<const B: u32>(random: &mut Random) -> ([[u64; LIMBS]; 8], Columns<B>) {
    const TOP: u64 = (1 << 56) - 1;
    let most = p().wrapping_mul(&U512::from(B)).shr_vartime(4);
    let numbers: [[u64; LIMBS]; 8] = std::array::from_fn(|lane| {
        let mut limbs: [u64; LIMBS] = std::array::from_fn(|_| match (lane, random.below(4)) {
            (0, _) | (_, 0 | 1) => TOP,
            (1, _) | (_, 2) => 0,
            _ => random.number() & TOP,
        });
        limbs[4] = 0;
        let spare = most.wrapping_sub(&value(&limbs)).shr_vartime(208).as_words()[0];
        limbs[4] = if lane < 4 { spare } else { random.number() % (spare + 1) };
        limbs
    });
    (numbers, Columns::new(vectors(&numbers)))
}

/// The limbs that sums are made of are at their extremes, not the numbers alone.
#[target_feature(enable = "avx512f,avx512ifma")]
fn sums_of_columns() {
    let mut random = Random(4);
    let p16 = p().shl_vartime(4);
    for _ in 0..300 {
        let ((a, x), (b, y), (c, z)) =
            (columns::<124>(&mut random), columns::<36>(&mut random), columns::<250>(&mut random));
        let (of_a, of_b, of_c) =
            (|lane: usize| value(&a[lane]), |lane: usize| value(&b[lane]), |lane: usize| value(&c[lane]));
        let less = |a: U512, b: U512| a.wrapping_add(&p16).wrapping_sub(&b);
        let mask = random.bytes()[0];
        let signed = |lane: usize, number: U512| if mask >> lane & 1 == 1 { less(U512::ZERO, number) } else { number };
        equal(&x.carried(), of_a);
        equal(&z.factor().lanes(), of_c);
        same::<252>(difference(&x, &x), |_| U512::ZERO);
        same::<172>(difference(&x, &y), |lane| less(of_a(lane), of_b(lane)));
        same::<164>(difference(&y, &x), |lane| less(of_b(lane), of_a(lane)));
        same::<160>(sum(&x, &y), |lane| of_a(lane).wrapping_add(&of_b(lane)));
        same::<196>(signed_difference(mask, &y, &x), |lane| less(signed(lane, of_b(lane)), of_a(lane)));
        equal::<256>(&negated_in(mask, &z), |lane| signed(lane, of_c(lane)));
        equal(&x_of_sum(&x, &y, &y), |lane| less(of_a(lane), of_b(lane)));
        equal(&x_of_sum(&y, &y, &y), |_| U512::ZERO);
    }
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn zeros() {
    let mut random = Random(3);
    for start in 0..=16 {
        let near: [[u64; LIMBS]; 8] = std::array::from_fn(|lane| {
            let mut limbs = multiple_of_p(start);
            match lane {
                0 => {}
                1 if start < 16 => limbs[0] ^= 1,
                2 => limbs[1] ^= 1,
                3 => limbs[4] ^= 1,
                4 => limbs[2] ^= 1 << 50,
                _ => limbs = multiple_of_p((start + lane as u64) % 17),
            }
            limbs
        });
        let near = near.map(|limbs| if value(&limbs) > p().shl_vartime(4) { [1, 0, 0, 0, 0] } else { limbs });
        let expected = near
            .iter()
            .enumerate()
            .fold(0, |mask, (lane, limbs)| mask | u8::from(modulo_p(&value(limbs)) == U512::ZERO) << lane);
        assert_eq!(factor::<256>(&near, &mut random).zeros(), expected, "{start}");
        assert!(expected & 1 == 1 && expected & 0b1_1000 == 0);
    }
}

#[target_feature(enable = "avx512f,avx512ifma,avx512vbmi2")]
fn loads() {
    let mut random = Random(2);
    for _ in 0..50 {
        let entries: [TableEntry; 8] = std::array::from_fn(|lane| {
            let mut entry = [0; 64];
            for half in entry.as_chunks_mut::<32>().0 {
                *half = if lane == 0 { [0xff; 32] } else { random.bytes() };
                // Below p: the highest word of p is 0xffffffff00000001.
                half[31] = half[31].min(0xfe);
            }
            entry
        });
        let (x, y) = coordinates(&entries.each_ref());
        let number = |lane: usize, from: usize| {
            let bytes = &entries[lane][from..from + 32];
            bytes.iter().rev().fold(U512::ZERO, |number, byte| number.shl_vartime(8).wrapping_add(&U512::from(*byte)))
        };
        for lane in 0..8 {
            assert_eq!(value(&x.lanes().to_limbs()[lane]), number(lane, 0).shl_vartime(4));
            assert_eq!(value(&y.lanes().to_limbs()[lane]), number(lane, 32).shl_vartime(4));
        }
    }
    let numbers: [Number; 8] = std::array::from_fn(|_| std::array::from_fn(|_| random.number() >> 1));
    for (limbs, number) in Lanes::<16>::of(&numbers).to_limbs().iter().zip(numbers) {
        let number =
            number.iter().rev().fold(U512::ZERO, |all, word| all.shl_vartime(64).wrapping_add(&U512::from(*word)));
        assert_eq!(value(limbs), number);
    }
}

#[test]
fn every_operation_at_the_extremes_of_its_operands() {
    if super::super::ifma::Ifma::detect().is_none() {
        lacking::not_tried(lacking::IFMA);
        return;
    }
    // SAFETY: the processor has the instructions.
    unsafe {
        operations();
        sums_of_columns();
        zeros();
        loads();
    }
}

#[test]
fn the_bounds_are_those_of_the_formulas() {
    assert_eq!(product_bound(256, 256), 272);
    assert_eq!(product_bound(16, 16), 17);
    assert_eq!(
        value(&P),
        U512::ONE
            .shl_vartime(256)
            .wrapping_sub(&U512::ONE.shl_vartime(224))
            .wrapping_add(&U512::ONE.shl_vartime(192))
            .wrapping_add(&U512::ONE.shl_vartime(96))
            .wrapping_sub(&U512::ONE)
    );
    assert!(value(&multiple_of_p(16)) < U512::ONE.shl_vartime(260));
}
