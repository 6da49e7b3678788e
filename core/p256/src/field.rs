//! Numbers modulo p = 2^256 − 2^224 + 2^192 + 2^96 − 1 (SP 800-186 §3.2.1.3), in Montgomery form: x is stored as
//! x·2^256 mod p, always below p. Two numbers are equal exactly when their limbs are equal.

use super::inverse::{self, Modulus};
use super::limbs::{self, Limb, Words};
use super::number;

/// A number modulo p.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(Debug))]
pub struct FieldElement(Words);

const P: Words = limbs::from_u32([!0, !0, !0, 0, 0, 0, 1, !0]);
/// 2^512 mod p: a product with it converts a number to Montgomery form.
const R2: Words = limbs::from_u32([3, 0, !0, 0xffff_fffb, 0xffff_fffe, !0, 0xffff_fffd, 4]);
const MODULUS: Modulus = Modulus::new(P);

impl FieldElement {
    /// 0.
    pub const ZERO: Self = Self(number::ZERO);
    /// 1.
    pub const ONE: Self = Self(limbs::from_u32([1, 0, 0, !0, !0, !0, 0xffff_fffe, 0]));

    /// Makes a number from the 32-bit words of its Montgomery form, lowest first.
    pub const fn from_montgomery(words: [u32; 8]) -> Self {
        Self(limbs::from_u32(words))
    }

    /// Makes a number from the bytes of its Montgomery form, lowest first. The caller ensures that they are below p.
    #[inline(always)]
    pub fn from_montgomery_bytes(bytes: &[u8; 32]) -> Self {
        Self(number::from_le_bytes(bytes))
    }

    /// Returns the Montgomery form, lowest byte first.
    pub fn montgomery_bytes(&self) -> [u8; 32] {
        number::le_bytes(&self.0)
    }

    /// Converts a number below p; `None` for larger ones.
    pub fn new(number: &Words) -> Option<Self> {
        number::less(number, &P).then(|| Self(product(number, &R2)))
    }

    /// Returns the number itself, converted from Montgomery form.
    pub fn number(&self) -> Words {
        product(&self.0, &number::ONE)
    }

    /// Returns true if the Montgomery form is below p. Only words from outside can be above.
    pub fn is_reduced(&self) -> bool {
        number::less(&self.0, &P)
    }

    /// Returns true for 0.
    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.0.iter().fold(0, |all, limb| all | limb) == 0
    }

    /// Adds two numbers.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub fn add(&self, other: &Self) -> Self {
        Self(reduced(limbs::add(&self.0, &other.0)))
    }

    /// Returns 2x.
    #[inline(always)]
    pub fn double(&self) -> Self {
        self.add(self)
    }

    /// Subtracts `other`.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    pub fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = limbs::sub(&self.0, &other.0);
        let (difference, _) = limbs::add(&difference, &limbs::masked(&P, mask(borrow)));
        Self(difference)
    }

    /// Returns −x if the condition holds, else x. x is not zero.
    #[inline(always)]
    pub fn negated_if(&self, condition: bool) -> Self {
        let mask = mask(Limb::from(condition));
        let (negated, _) = limbs::sub(&P, &self.0);
        let mut chosen = self.0;
        for (limb, other) in chosen.iter_mut().zip(negated) {
            *limb ^= mask & (*limb ^ other);
        }
        Self(chosen)
    }

    /// Multiplies two numbers.
    #[inline(always)]
    pub fn mul(&self, other: &Self) -> Self {
        Self(product(&self.0, &other.0))
    }

    /// Returns x².
    #[inline(always)]
    pub fn square(&self) -> Self {
        Self(square(&self.0))
    }

    /// Returns a square root, if there is one.
    pub fn square_root(&self) -> Option<Self> {
        // p = 3 modulo 4, so x^((p + 1) / 4) is a root, and (p + 1) / 4 = 2^254 − 2^222 + 2^190 + 2^94.
        let many = |start: Self, squarings: u32| (0..squarings).fold(start, |x, _| x.square());
        let ones_2 = self.square().mul(self);
        let ones_4 = many(ones_2, 2).mul(&ones_2);
        let ones_8 = many(ones_4, 4).mul(&ones_4);
        let ones_16 = many(ones_8, 8).mul(&ones_8);
        let ones_32 = many(ones_16, 16).mul(&ones_16);
        let root = many(many(many(ones_32, 32).mul(self), 96).mul(self), 94);
        (root.square() == *self).then_some(root)
    }

    /// Returns 1/x; `None` for zero.
    pub fn invert(&self) -> Option<Self> {
        inverse::times_inverse(&R2, &self.0, &MODULUS).map(Self)
    }
}

impl PartialEq for FieldElement {
    // Inlined: a call of memcmp would cost more than the comparison.
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |all, (a, b)| all | (a ^ b)) == 0
    }
}

// Inlined on 64-bit machines. Chips call it instead, to save flash.
#[cfg_attr(target_pointer_width = "64", inline(always))]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn product(a: &Words, b: &Words) -> Words {
    reduced(limbs::p256_product(a, b))
}

#[inline(always)]
fn square(a: &Words) -> Words {
    // A kilobyte of flash for a seventh of the time is a bad trade on a chip.
    if cfg!(target_os = "none") { product(a, a) } else { reduced(limbs::p256_square(a)) }
}

/// Reduces a number below 2p to one below p.
#[inline(always)]
fn reduced((number, top): (Words, Limb)) -> Words {
    let mut number = limbs::p256_less(&number, top);
    // p begins with 32 one bits, so the result is still above p only once in 2^32 cases.
    let [.., highest] = number;
    let [.., highest_of_p] = P;
    if highest >= highest_of_p {
        reduce_rarely(&mut number);
    }
    number
}

#[cold]
#[inline(never)]
fn reduce_rarely(number: &mut Words) {
    let (less_p, borrow) = limbs::sub(number, &P);
    if borrow == 0 {
        *number = less_p;
    }
}

/// Returns all ones for 1, zero for 0.
#[inline(always)]
fn mask(bit: Limb) -> Limb {
    bit.wrapping_neg()
}

#[cfg(test)]
mod tests;
