//! Big integers, and P-256's two moduli.

use p256::elliptic_curve::bigint::{NonZero, U256, U512};

pub(crate) fn p() -> U256 {
    U256::from_be_hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
}

pub(crate) fn n() -> U256 {
    U256::from_be_hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
}

/// The curve's constant.
pub(crate) fn b() -> U256 {
    U256::from_be_hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
}

pub(crate) fn number(bytes: &[u8; 32]) -> U256 {
    U256::from_be_slice(bytes)
}

pub(crate) fn bytes(number: &U256) -> [u8; 32] {
    number.to_be_bytes().into()
}

pub(crate) fn reduced(number: &U256, modulus: &U256) -> U256 {
    number.rem_vartime(&NonZero::new(*modulus).unwrap())
}

/// a + b; both are below the modulus.
pub(crate) fn sum(a: &U256, b: &U256, modulus: &U256) -> U256 {
    a.add_mod(b, &NonZero::new(*modulus).unwrap())
}

/// a − b; both are below the modulus.
pub(crate) fn difference(a: &U256, b: &U256, modulus: &U256) -> U256 {
    if *b == U256::ZERO { *a } else { sum(a, &modulus.wrapping_sub(b), modulus) }
}

pub(crate) fn product(a: &U256, b: &U256, modulus: &U256) -> U256 {
    long(modulus, long_of(a).wrapping_mul(&long_of(b)))
}

/// A number of any length that fits, modulo the modulus.
pub(crate) fn long(modulus: &U256, number: U512) -> U256 {
    let rest = number.rem_vartime(&NonZero::new(long_of(modulus)).unwrap());
    let mut words = [0; U256::LIMBS];
    words.copy_from_slice(&rest.as_words()[..U256::LIMBS]);
    U256::from_words(words)
}

fn long_of(number: &U256) -> U512 {
    let mut all = [0; 64];
    all[32..].copy_from_slice(&bytes(number));
    U512::from_be_slice(&all)
}
