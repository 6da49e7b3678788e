//! Numbers modulo n, the order of P-256 (SP 800-186 §3.2.1.3), and the scalars of a signature (FIPS 186-5 §6.4.2).

use super::inverse::{self, Modulus};
use super::limbs::{self, Limb, Words};
use super::number;

/// The order of the group.
pub const N: Words = limbs::from_u32([
    0xfc63_2551,
    0xf3b9_cac2,
    0xa717_9e84,
    0xbce6_faad,
    0xffff_ffff,
    0xffff_ffff,
    0x0000_0000,
    0xffff_ffff,
]);
/// (n − 1) / 2.
const HALF_N: Words = limbs::from_u32([
    0x7e31_92a8,
    0x79dc_e561,
    0xd38b_cf42,
    0xde73_7d56,
    0xffff_ffff,
    0x7fff_ffff,
    0x8000_0000,
    0x7fff_ffff,
]);
/// 2^256 mod n.
const R1: Words = limbs::from_u32([
    0x039c_daaf,
    0x0c46_353d,
    0x58e8_617b,
    0x4319_0552,
    0x0000_0000,
    0x0000_0000,
    0xffff_ffff,
    0x0000_0000,
]);
const MODULUS: Modulus = Modulus::new(N);

/// The scalars of a verification: R = u1·G + u2·Q, whose x is compared with r.
pub struct Scalars {
    /// The first half of the signature.
    pub r: Words,
    /// hash / s modulo n.
    pub u1: Words,
    /// r / s modulo n.
    pub u2: Words,
}

impl Scalars {
    /// Computes the scalars from r ‖ s (RFC 7518 §3.4) and the hash of the message. `None` unless r and s are both in
    /// 1..n−1.
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn new(signature: &[u8; 64], hash: &[u8; 32]) -> Option<Self> {
        let (r, s) = range_checked(signature)?;
        // In Montgomery form, which the products undo.
        let inverse = inverse::times_inverse(&R1, &s, &MODULUS)?;
        Some(Self::with_inverse(r, &inverse, hash))
    }

    /// Computes the scalars of several signatures with one inversion.
    pub fn batch<const COUNT: usize>(signed: [(&[u8; 64], &[u8; 32]); COUNT]) -> [Option<Self>; COUNT] {
        let pairs = signed.map(|(signature, _)| range_checked(signature));
        // For each signature, the product of all s before it; and its own s, or one if it is out of range.
        let mut product_so_far = R1;
        let products = pairs.map(|pair| {
            let s = pair.map_or(number::ONE, |(_, s)| s);
            let before = product_so_far;
            product_so_far = product(&product_so_far, &s);
            (before, s)
        });
        let mut all = [const { None }; COUNT];
        let Some(mut inverse) = inverse::times_inverse(&R1, &product_so_far, &MODULUS) else { return all };
        let inputs = pairs.iter().zip(&products).zip(&signed).rev();
        for (place, ((pair, (before, s)), (_, hash))) in all.iter_mut().rev().zip(inputs) {
            *place = pair.map(|(r, _)| Self::with_inverse(r, &product(&inverse, before), hash));
            inverse = product(&inverse, s);
        }
        all
    }

    fn with_inverse(r: Words, inverse: &Words, hash: &[u8; 32]) -> Self {
        // 2^256 < 2n, so one subtraction reduces the hash.
        let hash = number::from_be_bytes(hash);
        let (less_n, borrow) = limbs::sub(&hash, &N);
        let hash = if borrow == 1 { hash } else { less_n };
        Self { r, u1: product(&hash, inverse), u2: product(&r, inverse) }
    }
}

/// Returns the smaller of k and n − k, and true if that is n − k. k is below n.
pub fn folded(k: &Words) -> (Words, bool) {
    if number::less(&HALF_N, k) { (limbs::sub(&N, k).0, true) } else { (*k, false) }
}

/// Returns r and s of a signature if both are in 1..n−1 (FIPS 186-5 §6.4.2 step 1).
fn range_checked(signature: &[u8; 64]) -> Option<(Words, Words)> {
    let ([r, s], _) = signature.as_chunks() else { return None };
    Some((in_range(r)?, in_range(s)?))
}

fn in_range(bytes: &[u8; 32]) -> Option<Words> {
    let number = number::from_be_bytes(bytes);
    (number != number::ZERO && number::less(&number, &N)).then_some(number)
}

/// Returns a·b·2^−256 mod n; a or b is below n.
fn product(a: &Words, b: &Words) -> Words {
    const NEGATED_INVERSE: Limb = MODULUS.negated_inverse();
    let mut sum = number::ZERO;
    let mut top = 0;
    for a in a {
        // sum + a·b …
        let mut carry = 0;
        for (place, b) in sum.iter_mut().zip(b) {
            (*place, carry) = limbs::multiply(*a, *b, *place, carry);
        }
        let (high, over) = carry.overflowing_add(top);
        // … plus the multiple of n that clears the lowest limb, which is then dropped.
        let ([n0, n_rest @ ..], [lowest, rest @ ..]) = (&N, &sum);
        let multiple = lowest.wrapping_mul(NEGATED_INVERSE);
        let (_, mut carry) = limbs::multiply(multiple, *n0, *lowest, 0);
        let mut shifted = number::ZERO;
        for (place, (n, limb)) in shifted.iter_mut().zip(n_rest.iter().zip(rest)) {
            (*place, carry) = limbs::multiply(multiple, *n, *limb, carry);
        }
        let (high, over_again) = high.overflowing_add(carry);
        let [.., last] = &mut shifted;
        *last = high;
        sum = shifted;
        top = Limb::from(over) + Limb::from(over_again);
    }
    let (difference, borrow) = limbs::sub(&sum, &N);
    if top < borrow { sum } else { difference }
}

#[cfg(test)]
mod tests;
