//! Inverses modulo an odd number. The time depends on the number, because all inputs of a verification are public.
//!
//! Uses the division steps of Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019). A
//! batch of steps is computed on the lowest bits alone; the numbers themselves change once per batch. A batch skips runs of
//! zeros, and clears as many bits at once as the counter allows. No input of 256 bits takes more than 741 steps, and most
//! take 530: there is no slow input.

// Sums are split into their lowest bits and the rest; no bit is lost.
#![allow(clippy::cast_possible_truncation)]

use super::limbs::{BATCH, Limb, PARTS, SignedDoubleLimb, SignedLimb, Words};
use super::number;

/// An odd number below 2^256, with values that are computed from it once.
pub(super) struct Modulus {
    parts: Parts,
    /// Its inverse modulo 2^BATCH.
    inverse: Limb,
    negated_inverse: Limb,
}

/// A signed number in parts of BATCH bits, lowest first; the last part has the sign.
type Parts = [SignedLimb; PARTS];

const MASK: Limb = (1 << BATCH) - 1;

/// How many batches are enough: Bernstein and Yang's bound (741 steps for 256 bits), rounded up.
const BATCHES: u32 = 741_u32.div_ceil(BATCH);

impl Modulus {
    pub(super) const fn new(modulus: Words) -> Self {
        let parts = cut(&modulus);
        let low = modulus[0];
        // Three bits are correct at the start. Each round doubles their number.
        let mut inverse = low;
        let mut bits = 3;
        while bits < Limb::BITS {
            inverse = inverse.wrapping_mul((2 as Limb).wrapping_sub(low.wrapping_mul(inverse)));
            bits *= 2;
        }
        Self { parts, inverse: inverse & MASK, negated_inverse: inverse.wrapping_neg() }
    }

    /// Returns −1/modulus modulo 2^BITS of a limb, for products in Montgomery form.
    pub(super) const fn negated_inverse(&self) -> Limb {
        self.negated_inverse
    }
}

/// Returns factor / number modulo the modulus. `None` if number and modulus have a common divisor, for example if number is
/// zero.
///
/// Factor and number are below the modulus.
pub(super) fn times_inverse(factor: &Words, number: &Words, modulus: &Modulus) -> Option<Words> {
    // f and g shrink to ±1 and 0; all along, f = d·number/factor and g = e·number/factor modulo the modulus.
    let (mut f, mut g) = (modulus.parts, cut(number));
    let (mut d, mut e) = ([0; PARTS], cut(factor));
    let mut eta = -1;
    for _ in 0..BATCHES {
        let [f0, ..] = f;
        let [g0, ..] = g;
        let steps = steps(&mut eta, f0.cast_unsigned(), g0.cast_unsigned());
        (d, e) = steps.applied_modulo(&d, &e, modulus);
        (f, g) = steps.applied(&f, &g);
        if is_zero(&g) {
            break;
        }
    }
    let negative = is_negative(&f);
    let [f0, rest @ ..] = f;
    let is_one = f0.cast_unsigned() & MASK == 1 && is_zero(&rest);
    let is_minus_one = f0.cast_unsigned() & MASK == MASK && negative;
    if !is_zero(&g) || !(is_one || is_minus_one) {
        return None;
    }
    // d lies between −2·modulus and modulus.
    if is_negative(&d) {
        d = sum(&d, &modulus.parts);
    }
    if negative {
        d = sum(&[0; PARTS], &d.map(|part| -part));
    }
    if is_negative(&d) {
        d = sum(&d, &modulus.parts);
    }
    Some(joined(&d))
}

/// A batch of division steps: (f, g) becomes (u·f + v·g, q·f + r·g) / 2^BATCH.
struct Steps {
    u: SignedLimb,
    v: SignedLimb,
    q: SignedLimb,
    r: SignedLimb,
}

/// Computes the steps for numbers that end in these bits; f is odd.
#[inline(always)]
fn steps(eta: &mut SignedLimb, mut f: Limb, mut g: Limb) -> Steps {
    let (mut u, mut v, mut q, mut r): (Limb, Limb, Limb, Limb) = (1, 0, 0, 1);
    let mut left = BATCH;
    loop {
        // Halves g for each zero at its end; a mark stops this at the end of the batch.
        let zeros = (g | Limb::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        *eta -= zeros.cast_signed() as SignedLimb;
        left -= zeros;
        if left == 0 {
            break;
        }
        if *eta < 0 {
            *eta = -*eta;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // A multiple of f clears `limit` low bits of g: no more than until f and g are exchanged again, than are left in
        // the batch, and than are exact in the approximation of −g/f: 1/f = f modulo 8, f·(2 − f²) modulo 64.
        let limit = left.min((*eta + 1).min(6) as u32);
        let inverse = f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2));
        let multiple = inverse.wrapping_mul(g) & (Limb::MAX >> (Limb::BITS - limit));
        g = g.wrapping_add(f.wrapping_mul(multiple));
        q = q.wrapping_add(u.wrapping_mul(multiple));
        r = r.wrapping_add(v.wrapping_mul(multiple));
    }
    Steps { u: u.cast_signed(), v: v.cast_signed(), q: q.cast_signed(), r: r.cast_signed() }
}

impl Steps {
    /// The division leaves no remainder.
    #[inline(always)]
    fn applied(&self, f: &Parts, g: &Parts) -> (Parts, Parts) {
        let (mut new_f, mut new_g) = ([0; PARTS], [0; PARTS]);
        let ([f0, f_rest @ ..], [g0, g_rest @ ..]) = (f, g);
        let mut carry_f = (wide(self.u, *f0) + wide(self.v, *g0)) >> BATCH;
        let mut carry_g = (wide(self.q, *f0) + wide(self.r, *g0)) >> BATCH;
        let places = new_f.iter_mut().zip(&mut new_g);
        for ((place_f, place_g), (f, g)) in places.zip(f_rest.iter().zip(g_rest)) {
            carry_f += wide(self.u, *f) + wide(self.v, *g);
            carry_g += wide(self.q, *f) + wide(self.r, *g);
            *place_f = low(carry_f);
            *place_g = low(carry_g);
            carry_f >>= BATCH;
            carry_g >>= BATCH;
        }
        finish(&mut new_f, carry_f);
        finish(&mut new_g, carry_g);
        (new_f, new_g)
    }

    /// As [`applied`](Self::applied), plus multiples of the modulus, so that the division leaves no remainder and the
    /// results are between −2·modulus and modulus.
    #[inline(always)]
    fn applied_modulo(&self, d: &Parts, e: &Parts, modulus: &Modulus) -> (Parts, Parts) {
        let (mut new_d, mut new_e) = ([0; PARTS], [0; PARTS]);
        let sign = |parts: &Parts| if is_negative(parts) { -1 } else { 0 };
        let (sign_d, sign_e) = (sign(d), sign(e));
        let ([d0, d_rest @ ..], [e0, e_rest @ ..], [m0, m_rest @ ..]) = (d, e, &modulus.parts);
        let mut carry_d = wide(self.u, *d0) + wide(self.v, *e0);
        let mut carry_e = wide(self.q, *d0) + wide(self.r, *e0);
        let multiple = |carry: SignedDoubleLimb, start: SignedLimb| {
            let clearing = modulus.inverse.wrapping_mul(carry as Limb).wrapping_add(start.cast_unsigned()) & MASK;
            start - clearing.cast_signed()
        };
        let multiple_d = multiple(carry_d, (self.u & sign_d) + (self.v & sign_e));
        let multiple_e = multiple(carry_e, (self.q & sign_d) + (self.r & sign_e));
        carry_d = (carry_d + wide(*m0, multiple_d)) >> BATCH;
        carry_e = (carry_e + wide(*m0, multiple_e)) >> BATCH;
        let places = new_d.iter_mut().zip(&mut new_e);
        for ((place_d, place_e), (m, (d, e))) in places.zip(m_rest.iter().zip(d_rest.iter().zip(e_rest))) {
            carry_d += wide(self.u, *d) + wide(self.v, *e) + wide(*m, multiple_d);
            carry_e += wide(self.q, *d) + wide(self.r, *e) + wide(*m, multiple_e);
            *place_d = low(carry_d);
            *place_e = low(carry_e);
            carry_d >>= BATCH;
            carry_e >>= BATCH;
        }
        finish(&mut new_d, carry_d);
        finish(&mut new_e, carry_e);
        (new_d, new_e)
    }
}

#[inline(always)]
fn wide(a: SignedLimb, b: SignedLimb) -> SignedDoubleLimb {
    SignedDoubleLimb::from(a) * SignedDoubleLimb::from(b)
}

/// The lowest BATCH bits.
#[inline(always)]
fn low(sum: SignedDoubleLimb) -> SignedLimb {
    (sum as Limb & MASK).cast_signed()
}

#[inline(always)]
fn finish(parts: &mut Parts, carry: SignedDoubleLimb) {
    let [.., last] = parts;
    *last = carry as SignedLimb;
}

#[inline(always)]
fn is_negative(parts: &Parts) -> bool {
    let [.., last] = parts;
    *last < 0
}

/// Not a comparison of arrays, which would call a comparison of memory.
#[inline(always)]
fn is_zero(parts: &[SignedLimb]) -> bool {
    parts.iter().fold(0, |all, part| all | part) == 0
}

fn sum(a: &Parts, b: &Parts) -> Parts {
    let mut sum = [0; PARTS];
    let mut carry = 0;
    for (place, (a, b)) in sum.iter_mut().zip(a.iter().zip(b)) {
        carry += a + b;
        *place = (carry.cast_unsigned() & MASK).cast_signed();
        carry >>= BATCH;
    }
    // The last part keeps its carry, which is the sign.
    let [.., last] = &mut sum;
    *last |= carry << BATCH;
    sum
}

/// Splits a number into parts of BATCH bits.
const fn cut(words: &Words) -> Parts {
    let mut parts = [0; PARTS];
    let mut rest: &mut [SignedLimb] = &mut parts;
    let mut bit = 0;
    while let [part, others @ ..] = rest {
        *part = (number::bits(words, bit) & MASK).cast_signed();
        rest = others;
        bit += BATCH;
    }
    parts
}

/// Joins the parts of a number, which is not negative.
fn joined(parts: &Parts) -> Words {
    let mut words = number::ZERO;
    let mut bit = 0;
    for limb in &mut words {
        let (part, shift) = ((bit / BATCH) as usize, bit % BATCH);
        let at = |part: usize| parts.get(part).map_or(0, |part| part.cast_unsigned());
        *limb = at(part) >> shift | at(part + 1) << (BATCH - shift);
        bit += Limb::BITS;
    }
    words
}

#[cfg(test)]
mod tests;
