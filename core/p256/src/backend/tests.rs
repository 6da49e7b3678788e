use super::*;
use crate::samples::{self, Random, hex};
use p256::elliptic_curve::bigint::U256;

#[test]
fn the_constants_are_those_of_the_curve() {
    assert_eq!(exported(&scalar::N), N);
    assert_eq!(imported(&N), scalar::N);
    let bytes: Vec<u8> = P.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    assert_eq!(U256::from_le_slice(&bytes), hex(samples::P));
}

#[test]
fn a_batch_is_what_its_signatures_are_alone() {
    let mut random = Random(41);
    let mut refused = 0;
    for round in 0..200 {
        let signed: [([u8; 64], [u8; 32]); 8] = std::array::from_fn(|at| {
            let mut signature = [random.bytes(), random.bytes()].concat();
            match (round + at) % 7 {
                0 => signature[32..].fill(0),
                1 => signature[..32].fill(0xff),
                _ => {}
            }
            (signature.try_into().unwrap(), random.bytes())
        });
        let batch = SignatureScalars::batch(std::array::from_fn::<_, 8, _>(|at| (&signed[at].0, &signed[at].1)));
        for ((signature, hash), scalars) in signed.iter().zip(batch) {
            let alone = Scalars::new(signature, hash);
            let alone =
                alone.map(|it| SignatureScalars { r: exported(&it.r), u1: exported(&it.u1), u2: exported(&it.u2) });
            assert_eq!(scalars, alone);
            assert_eq!(SignatureScalars::new(signature, hash), alone);
            refused += usize::from(alone.is_none());
        }
    }
    assert!(refused > 300);
}

#[test]
fn halves_stand_in_each_window_but_the_last() {
    for width in 2..=8_usize {
        let windows = 256_usize.div_ceil(width);
        let mut expected = [0; 4];
        for bit in (0..windows - 1).map(|window| (window + 1) * width - 1) {
            expected[bit / 64] |= 1 << (bit % 64);
        }
        assert_eq!(halves(width as u32), expected, "{width}");
    }
}

#[test]
fn digits_are_within_their_window_and_add_up() {
    let n = hex(samples::N);
    for width in 2..=8 {
        for number in samples::below(&n, 500) {
            let mut digits = [0; 128];
            let windows = 256_usize.div_ceil(width as usize);
            window_digits(&exported(&number::from_be_bytes(&number.to_be_bytes().into())), width, &mut digits);
            assert!(digits[windows..].iter().all(|digit| *digit == 0));
            let mut total = U256::ZERO;
            for digit in digits[..windows].iter().rev() {
                assert!(digit.unsigned_abs() <= 1 << (width - 1));
                (0..width).for_each(|_| total = samples::sum(&total, &total, &n));
                let value = U256::from(digit.unsigned_abs());
                total = samples::sum(&total, &if *digit < 0 { n.wrapping_sub(&value) } else { value }, &n);
            }
            assert_eq!(total, number);
        }
    }
}

#[test]
fn an_entry_has_the_coordinates_of_its_point() {
    let mut memory = [[0; 64]; crate::shape::TableShape::Comb2.entries()];
    let table = table::PreparedTable::generator(crate::shape::TableShape::Comb2, &mut memory).unwrap();
    let (x, y) = coordinates(&table.entries()[0]);
    assert_eq!(x, [0xf4a1_3945_d898_c296, 0x7703_7d81_2deb_33a0, 0xf8bc_e6e5_63a4_40f2, 0x6b17_d1f2_e12c_4247]);
    assert_eq!(y, [0xcbb6_4068_37bf_51f5, 0x2bce_3357_6b31_5ece, 0x8ee7_eb4a_7c0f_9e16, 0x4fe3_42e2_fe1a_7f9b]);
}
