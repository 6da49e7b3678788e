//! 256-bit numbers as four 64-bit limbs, lowest first: sums, products, and products modulo p in Montgomery form.
//!
//! `limbs32.rs` has the same names for eight 32-bit limbs; all other files are written once, for both.

/// One limb.
pub(super) type Limb = u64;
/// A product of two limbs.
pub(super) type DoubleLimb = u128;
/// A limb with a sign.
pub(super) type SignedLimb = i64;
/// A product of two limbs with a sign.
pub(super) type SignedDoubleLimb = i128;
/// A number below 2^256.
pub type Words = [Limb; 4];

/// How many steps of the inversion are computed on one limb at a time. Two bits of a signed limb stay free.
pub(super) const BATCH: u32 = 62;
/// How many parts of [`BATCH`] bits hold 256 bits and a sign.
pub(super) const PARTS: usize = 5;

/// Makes a number from 32-bit words, lowest first.
pub(super) const fn from_u32(words: [u32; 8]) -> Words {
    let [a, b, c, d, e, f, g, h] = words;
    [join(a, b), join(c, d), join(e, f), join(g, h)]
}

/// p >> 192.
const P3: Limb = 0xffff_ffff_0000_0001;

/// Returns the sum and the carry (0 or 1).
#[inline(always)]
pub(super) fn add(a: &Words, b: &Words) -> (Words, Limb) {
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (*a, *b);
    let (s0, carry) = carrying_add(a0, b0, false);
    let (s1, carry) = carrying_add(a1, b1, carry);
    let (s2, carry) = carrying_add(a2, b2, carry);
    let (s3, carry) = carrying_add(a3, b3, carry);
    ([s0, s1, s2, s3], Limb::from(carry))
}

/// Returns the difference and the borrow (0 or 1).
#[inline(always)]
pub(super) fn sub(a: &Words, b: &Words) -> (Words, Limb) {
    let ([a0, a1, a2, a3], [b0, b1, b2, b3]) = (*a, *b);
    let (d0, borrow) = borrowing_sub(a0, b0, false);
    let (d1, borrow) = borrowing_sub(a1, b1, borrow);
    let (d2, borrow) = borrowing_sub(a2, b2, borrow);
    let (d3, borrow) = borrowing_sub(a3, b3, borrow);
    ([d0, d1, d2, d3], Limb::from(borrow))
}

/// Returns a if the mask is all ones, 0 if it is 0.
#[inline(always)]
pub(super) fn masked(a: &Words, mask: Limb) -> Words {
    a.map(|limb| limb & mask)
}

/// Returns number − p if the limb above the number is 1, the number if it is 0.
#[inline(always)]
pub(super) fn p256_less(number: &Words, top: Limb) -> Words {
    const P: Words = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, P3];
    sub(number, &masked(&P, top.wrapping_neg())).0
}

/// Returns a·b·2^−256 modulo p, as a number and a limb above it (0 or 1); less than 2p for a and b below p.
///
/// Each of four rounds adds one row of the product and clears the lowest limb. p ends in 64 one bits, so the multiple m
/// of p that clears it is the limb itself, and m·p + m = m·2^96 + m·(p >> 192)·2^192.
#[inline(always)]
pub(super) fn p256_product(a: &Words, b: &Words) -> (Words, Limb) {
    let [a0, a1, a2, a3] = *a;
    let sum = cleared(row([0; 5], a0, b));
    let sum = cleared(row(sum, a1, b));
    let sum = cleared(row(sum, a2, b));
    let [r0, r1, r2, r3, top] = cleared(row(sum, a3, b));
    ([r0, r1, r2, r3], top)
}

/// Returns a²·2^−256 modulo p, as [`p256_product`] does.
#[inline(always)]
pub(super) fn p256_square(a: &Words) -> (Words, Limb) {
    let [a0, a1, a2, a3] = *a;
    // The products of two different limbs, once …
    let (t1, carry) = multiply(a0, a1, 0, 0);
    let (t2, carry) = multiply(a0, a2, carry, 0);
    let (t3, t4) = multiply(a0, a3, carry, 0);
    let (t3, carry) = multiply(a1, a2, t3, 0);
    let (t4, t5) = multiply(a1, a3, t4, carry);
    let (t5, t6) = multiply(a2, a3, t5, 0);
    // … doubled …
    let t7 = t6 >> 63;
    let t6 = t6 << 1 | t5 >> 63;
    let t5 = t5 << 1 | t4 >> 63;
    let t4 = t4 << 1 | t3 >> 63;
    let t3 = t3 << 1 | t2 >> 63;
    let t2 = t2 << 1 | t1 >> 63;
    let t1 = t1 << 1;
    // … and the squares of the limbs.
    let (t0, high) = multiply(a0, a0, 0, 0);
    let (t1, carry) = carrying_add(t1, high, false);
    let (low, high) = multiply(a1, a1, 0, 0);
    let (t2, carry) = carrying_add(t2, low, carry);
    let (t3, carry) = carrying_add(t3, high, carry);
    let (low, high) = multiply(a2, a2, 0, 0);
    let (t4, carry) = carrying_add(t4, low, carry);
    let (t5, carry) = carrying_add(t5, high, carry);
    let (low, high) = multiply(a3, a3, 0, 0);
    let (t6, carry) = carrying_add(t6, low, carry);
    let (t7, _) = carrying_add(t7, high, carry);
    let low = cleared_low(cleared_low(cleared_low(cleared_low([t0, t1, t2, t3]))));
    add(&low, &[t4, t5, t6, t7])
}

/// Returns the low and the high limb of a·b + c + d, which cannot overflow.
#[allow(clippy::cast_possible_truncation)] // The two halves are what is wanted.
#[inline(always)]
pub(super) const fn multiply(a: Limb, b: Limb, c: Limb, d: Limb) -> (Limb, Limb) {
    let sum = a as DoubleLimb * b as DoubleLimb + c as DoubleLimb + d as DoubleLimb;
    (sum as Limb, (sum >> 64) as Limb)
}

/// Returns sum + a·b. It fits, because a round leaves less than b + p, and both are below p.
#[inline(always)]
fn row(sum: [Limb; 5], a: Limb, b: &Words) -> [Limb; 5] {
    let ([s0, s1, s2, s3, s4], [b0, b1, b2, b3]) = (sum, *b);
    let (p0, h0) = multiply(a, b0, 0, 0);
    let (l1, h1) = multiply(a, b1, 0, 0);
    let (l2, h2) = multiply(a, b2, 0, 0);
    let (l3, h3) = multiply(a, b3, 0, 0);
    let (p1, carry) = carrying_add(l1, h0, false);
    let (p2, carry) = carrying_add(l2, h1, carry);
    let (p3, carry) = carrying_add(l3, h2, carry);
    let p4 = h3.wrapping_add(Limb::from(carry));
    let (s0, carry) = carrying_add(s0, p0, false);
    let (s1, carry) = carrying_add(s1, p1, carry);
    let (s2, carry) = carrying_add(s2, p2, carry);
    let (s3, carry) = carrying_add(s3, p3, carry);
    let (s4, _) = carrying_add(s4, p4, carry);
    [s0, s1, s2, s3, s4]
}

/// Returns (sum + m·p) / 2^64, with the m for which the division has no remainder.
#[inline(always)]
fn cleared(sum: [Limb; 5]) -> [Limb; 5] {
    let [m, s1, s2, s3, s4] = sum;
    let (low, high) = multiply(m, P3, 0, 0);
    let (r0, carry) = carrying_add(s1, m << 32, false);
    let (r1, carry) = carrying_add(s2, m >> 32, carry);
    let (r2, carry) = carrying_add(s3, low, carry);
    let (r3, carry) = carrying_add(s4, high, carry);
    [r0, r1, r2, r3, Limb::from(carry)]
}

/// The same for a low half without the high one.
#[inline(always)]
fn cleared_low(half: Words) -> Words {
    let [m, s1, s2, s3] = half;
    let (low, high) = multiply(m, P3, 0, 0);
    let (r0, carry) = carrying_add(s1, m << 32, false);
    let (r1, carry) = carrying_add(s2, m >> 32, carry);
    let (r2, carry) = carrying_add(s3, low, carry);
    [r0, r1, r2, high.wrapping_add(Limb::from(carry))]
}

#[inline(always)]
const fn carrying_add(a: Limb, b: Limb, carry: bool) -> (Limb, bool) {
    let (sum, over) = a.overflowing_add(b);
    let (sum, over_again) = sum.overflowing_add(carry as Limb);
    (sum, over | over_again)
}

#[inline(always)]
const fn borrowing_sub(a: Limb, b: Limb, borrow: bool) -> (Limb, bool) {
    let (difference, under) = a.overflowing_sub(b);
    let (difference, under_again) = difference.overflowing_sub(borrow as Limb);
    (difference, under | under_again)
}

const fn join(low: u32, high: u32) -> Limb {
    low as Limb | (high as Limb) << 32
}
