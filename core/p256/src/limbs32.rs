//! 256-bit numbers as eight 32-bit limbs, lowest first: sums, products, and products modulo p in Montgomery form.
//!
//! `limbs64.rs` has the same names for four 64-bit limbs; all other files are written once, for both.
//!
//! Written for processors with an instruction that multiplies two limbs and adds two more (UMAAL of a Cortex-M4).

/// One limb.
pub(super) type Limb = u32;
/// A limb with a sign.
pub(super) type SignedLimb = i32;
/// A product of two limbs with a sign.
pub(super) type SignedDoubleLimb = i64;
/// A number below 2^256.
pub type Words = [Limb; 8];

/// How many steps of the inversion are computed on one limb at a time. Two bits of a signed limb stay free.
pub(super) const BATCH: u32 = 30;
/// How many parts of [`BATCH`] bits hold 256 bits and a sign.
pub(super) const PARTS: usize = 9;

/// Half a number.
type Half = [Limb; 4];

/// Makes a number from 32-bit words, lowest first.
pub(super) const fn from_u32(words: [u32; 8]) -> Words {
    words
}

/// Returns the sum and the carry (0 or 1).
#[inline(always)]
pub(super) fn add(a: &Words, b: &Words) -> (Words, Limb) {
    let (sum, carry) = add_with(a, b, false);
    (sum, Limb::from(carry))
}

/// Returns the difference and the borrow (0 or 1).
#[inline(always)]
pub(super) fn sub(a: &Words, b: &Words) -> (Words, Limb) {
    let ([a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7]) = (*a, *b);
    let (d0, borrow) = borrowing_sub(a0, b0, 0);
    let (d1, borrow) = borrowing_sub(a1, b1, borrow);
    let (d2, borrow) = borrowing_sub(a2, b2, borrow);
    let (d3, borrow) = borrowing_sub(a3, b3, borrow);
    let (d4, borrow) = borrowing_sub(a4, b4, borrow);
    let (d5, borrow) = borrowing_sub(a5, b5, borrow);
    let (d6, borrow) = borrowing_sub(a6, b6, borrow);
    let (d7, borrow) = borrowing_sub(a7, b7, borrow);
    ([d0, d1, d2, d3, d4, d5, d6, d7], borrow.wrapping_neg().cast_unsigned())
}

/// Returns a if the mask is all ones, 0 if it is 0.
#[inline(always)]
pub(super) fn masked(a: &Words, mask: Limb) -> Words {
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    [a0 & mask, a1 & mask, a2 & mask, a3 & mask, a4 & mask, a5 & mask, a6 & mask, a7 & mask]
}

/// Returns number − p if the limb above the number is 1, the number if it is 0.
#[inline(always)]
pub(super) fn p256_less(number: &Words, top: Limb) -> Words {
    // Adds 2^256 − p instead: compilers make shorter code for sums than for differences.
    const OPPOSITE: Words = [1, 0, 0, Limb::MAX, Limb::MAX, Limb::MAX, Limb::MAX - 1, 0];
    add(number, &masked(&OPPOSITE, top.wrapping_neg())).0
}

/// Returns a·b·2^−256 modulo p, as a number and a limb above it (0 or 1); less than 2p for a and b below p.
#[inline(always)]
pub(super) fn p256_product(a: &Words, b: &Words) -> (Words, Limb) {
    let ([a_low, a_high], [b_low, b_high]) = (a.as_chunks().0, b.as_chunks().0) else { return (*a, 0) };
    let [mut t0, mut t4, mut t8, mut t12] = [[0; 4]; 4];
    add_block(a_low, b_low, &mut t0, &mut t4);
    add_block(a_low, b_high, &mut t4, &mut t8);
    add_block(a_high, b_low, &mut t4, &mut t12);
    add_block(a_high, b_high, &mut t8, &mut t12);
    p256_reduced(&join(t0, t4), &join(t8, t12))
}

/// Returns a²·2^−256 modulo p, as [`p256_product`] does.
#[inline(always)]
pub(super) fn p256_square(a: &Words) -> (Words, Limb) {
    let [a0, a1, a2, a3, a4, a5, a6, a7] = *a;
    // The products of two different limbs, once …
    let (t1, up) = multiply(a0, a1, 0, 0);
    let (t2, up) = multiply(a0, a2, up, 0);
    let (t3, up) = multiply(a0, a3, up, 0);
    let (t4, up) = multiply(a0, a4, up, 0);
    let (t5, up) = multiply(a0, a5, up, 0);
    let (t6, up) = multiply(a0, a6, up, 0);
    let (t7, t8) = multiply(a0, a7, up, 0);
    let (t3, up) = multiply(a1, a2, t3, 0);
    let (t4, up) = multiply(a1, a3, t4, up);
    let (t5, up) = multiply(a1, a4, t5, up);
    let (t6, up) = multiply(a1, a5, t6, up);
    let (t7, up) = multiply(a1, a6, t7, up);
    let (t8, t9) = multiply(a1, a7, t8, up);
    let (t5, up) = multiply(a2, a3, t5, 0);
    let (t6, up) = multiply(a2, a4, t6, up);
    let (t7, up) = multiply(a2, a5, t7, up);
    let (t8, up) = multiply(a2, a6, t8, up);
    let (t9, t10) = multiply(a2, a7, t9, up);
    let (t7, up) = multiply(a3, a4, t7, 0);
    let (t8, up) = multiply(a3, a5, t8, up);
    let (t9, up) = multiply(a3, a6, t9, up);
    let (t10, t11) = multiply(a3, a7, t10, up);
    let (t9, up) = multiply(a4, a5, t9, 0);
    let (t10, up) = multiply(a4, a6, t10, up);
    let (t11, t12) = multiply(a4, a7, t11, up);
    let (t11, up) = multiply(a5, a6, t11, 0);
    let (t12, t13) = multiply(a5, a7, t12, up);
    let (t13, t14) = multiply(a6, a7, t13, 0);
    // … doubled …
    let low = [0, t1, t2, t3, t4, t5, t6, t7];
    let high = [t8, t9, t10, t11, t12, t13, t14, 0];
    let (low, carry) = add_with(&low, &low, false);
    let (high, _) = add_with(&high, &high, carry);
    // … and the squares of the limbs.
    let square = |limb: Limb| multiply(limb, limb, 0, 0);
    let ((s0, s1), (s2, s3), (s4, s5), (s6, s7)) = (square(a0), square(a1), square(a2), square(a3));
    let (low, carry) = add_with(&low, &[s0, s1, s2, s3, s4, s5, s6, s7], false);
    let ((s0, s1), (s2, s3), (s4, s5), (s6, s7)) = (square(a4), square(a5), square(a6), square(a7));
    let (high, _) = add_with(&high, &[s0, s1, s2, s3, s4, s5, s6, s7], carry);
    p256_reduced(&low, &high)
}

/// Returns the low and the high limb of a·b + c + d, which cannot overflow.
#[allow(clippy::cast_possible_truncation)] // The two halves are what is wanted.
#[inline(always)]
pub(super) const fn multiply(a: Limb, b: Limb, c: Limb, d: Limb) -> (Limb, Limb) {
    let sum = a as u64 * b as u64 + c as u64 + d as u64;
    (sum as Limb, (sum >> 32) as Limb)
}

/// Computes a·b + low + high, which cannot overflow: low becomes its lower half, high its upper half.
///
/// Not inlined, because more than this does not fit the registers.
#[inline(never)]
fn add_block(a: &Half, b: &Half, low: &mut Half, high: &mut Half) {
    let ([a0, a1, a2, a3], [h0, h1, h2, h3]) = (*a, *high);
    let (r0, sum) = row(a0, *b, *low, h0);
    let (r1, sum) = row(a1, *b, sum, h1);
    let (r2, sum) = row(a2, *b, sum, h2);
    let (r3, sum) = row(a3, *b, sum, h3);
    *low = [r0, r1, r2, r3];
    *high = sum;
}

/// Returns the lowest limb of a·b + c + d, and the rest.
#[inline(always)]
fn row(a: Limb, b: Half, c: Half, d: Limb) -> (Limb, Half) {
    let ([b0, b1, b2, b3], [c0, c1, c2, c3]) = (b, c);
    let (low, up) = multiply(a, b0, c0, d);
    let (r0, up) = multiply(a, b1, c1, up);
    let (r1, up) = multiply(a, b2, c2, up);
    let (r2, r3) = multiply(a, b3, c3, up);
    (low, [r0, r1, r2, r3])
}

/// Returns (high·2^256 + low)·2^−256 modulo p, as a number and a limb above it.
///
/// p ends in 96 one bits. The multiple m of p that clears the low half therefore needs only additions, and
/// m·p + m = m·2^96 + m·2^192 + m·(2^32 − 1)·2^224.
#[inline(always)]
fn p256_reduced(low: &Words, high: &Words) -> (Words, Limb) {
    let ones = Limb::MAX;
    let [m0, m1, m2, t3, t4, t5, t6, t7] = *low;
    let (m3, up) = carrying_add(t3, m0, false);
    let (m4, up) = carrying_add(t4, m1, up);
    let (m5, up) = carrying_add(t5, m2, up);
    let (m6, up) = carrying_add(t6, m3, up);
    let (m7, up_96) = carrying_add(t7, m4, up);
    let (m6, up) = carrying_add(m6, m0, false);
    let (m7, up_192) = carrying_add(m7, m1, up);
    let (m7, up) = multiply(m0, ones, m7, 0);
    // The part in the high half. The high half of a product of numbers below p leaves 2^224 free.
    let (sum, _) = add_with(high, &[m2, m3, m4, m5, m6, m7, 0, 0], up_192);
    let (sum, _) = add_with(&sum, &[m5, m6, m7, 0, 0, 0, 0, 0], up_96);
    let [s0, s1, s2, s3, s4, s5, s6, s7] = sum;
    let (r0, up) = multiply(m1, ones, s0, up);
    let (r1, up) = multiply(m2, ones, s1, up);
    let (r2, up) = multiply(m3, ones, s2, up);
    let (r3, up) = multiply(m4, ones, s3, up);
    let (r4, up) = multiply(m5, ones, s4, up);
    let (r5, up) = multiply(m6, ones, s5, up);
    let (r6, up) = multiply(m7, ones, s6, up);
    let (r7, over) = s7.overflowing_add(up);
    ([r0, r1, r2, r3, r4, r5, r6, r7], Limb::from(over))
}

#[inline(always)]
fn add_with(a: &Words, b: &Words, carry: bool) -> (Words, bool) {
    let ([a0, a1, a2, a3, a4, a5, a6, a7], [b0, b1, b2, b3, b4, b5, b6, b7]) = (*a, *b);
    let (s0, carry) = carrying_add(a0, b0, carry);
    let (s1, carry) = carrying_add(a1, b1, carry);
    let (s2, carry) = carrying_add(a2, b2, carry);
    let (s3, carry) = carrying_add(a3, b3, carry);
    let (s4, carry) = carrying_add(a4, b4, carry);
    let (s5, carry) = carrying_add(a5, b5, carry);
    let (s6, carry) = carrying_add(a6, b6, carry);
    let (s7, carry) = carrying_add(a7, b7, carry);
    ([s0, s1, s2, s3, s4, s5, s6, s7], carry)
}

#[inline(always)]
const fn join(low: Half, high: Half) -> Words {
    let ([a0, a1, a2, a3], [a4, a5, a6, a7]) = (low, high);
    [a0, a1, a2, a3, a4, a5, a6, a7]
}

#[inline(always)]
const fn carrying_add(a: Limb, b: Limb, carry: bool) -> (Limb, bool) {
    let (sum, over) = a.overflowing_add(b);
    let (sum, over_again) = sum.overflowing_add(carry as Limb);
    (sum, over | over_again)
}

/// The borrow is 0 or −1. It is signed because compilers make shorter code for it than for two comparisons.
#[allow(clippy::cast_possible_truncation)] // The two halves are what is wanted.
#[inline(always)]
const fn borrowing_sub(a: Limb, b: Limb, borrow: SignedLimb) -> (Limb, SignedLimb) {
    let difference = a as SignedDoubleLimb - b as SignedDoubleLimb + borrow as SignedDoubleLimb;
    (difference as Limb, (difference >> 32) as SignedLimb)
}
