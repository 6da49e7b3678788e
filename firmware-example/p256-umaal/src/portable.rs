//! The safe twin of the assembly: the same numbers by the shortest code. Not fast.

/// p, lowest word first.
pub const P: [u32; 8] = [!0, !0, !0, 0, 0, 0, 1, !0];

/// a·b·2^−256 mod p.
pub fn product(a: &[u32; 8], b: &[u32; 8]) -> [u32; 8] {
    let (mut total, mut top) = ([0; 8], 0);
    for a in *a {
        let (with_a, up) = plus_product(&total, a, b);
        let above = u64::from(top) + u64::from(up);
        // p ends in ones, so adding it once for each unit of the lowest word clears that.
        let [lowest, ..] = with_a;
        let (cleared, up) = plus_product(&with_a, lowest, &P);
        let above = above + u64::from(up);
        let [_, t1, t2, t3, t4, t5, t6, t7] = cleared;
        total = [t1, t2, t3, t4, t5, t6, t7, low(above)];
        top = high(above);
    }
    below_p(&total, top)
}

/// a ← a·b·2^−256 mod p.
pub fn multiply(a: &mut [u32; 8], b: &[u32; 8]) {
    *a = product(a, b);
}

/// a ← a²·2^−256 mod p.
pub fn square(a: &mut [u32; 8]) {
    *a = product(a, a);
}

/// a ← a + b mod p.
pub fn add(a: &mut [u32; 8], b: &[u32; 8]) {
    let (sum, up) = plus_product(a, 1, b);
    *a = below_p(&sum, up);
}

/// a ← a − b mod p.
pub fn subtract(a: &mut [u32; 8], b: &[u32; 8]) {
    let (difference, borrow) = less(a, b);
    *a = if borrow { plus_product(&difference, 1, &P).0 } else { difference };
}

/// a ← b − a mod p.
pub fn subtract_from(a: &mut [u32; 8], b: &[u32; 8]) {
    let mut difference = *b;
    subtract(&mut difference, a);
    *a = difference;
}

/// A number below 2p with a word above it, brought below p.
fn below_p(number: &[u32; 8], top: u32) -> [u32; 8] {
    let (difference, borrow) = less(number, &P);
    if top == 0 && borrow { *number } else { difference }
}

/// number + a·b, and the word above.
fn plus_product(number: &[u32; 8], a: u32, b: &[u32; 8]) -> ([u32; 8], u32) {
    let (mut result, mut up) = (*number, 0);
    for (word, b) in result.iter_mut().zip(b) {
        let sum = u64::from(a) * u64::from(*b) + u64::from(*word) + u64::from(up);
        (*word, up) = (low(sum), high(sum));
    }
    (result, up)
}

fn less(a: &[u32; 8], b: &[u32; 8]) -> ([u32; 8], bool) {
    let (mut result, mut borrow) = (*a, false);
    for (word, b) in result.iter_mut().zip(b) {
        let (difference, under) = word.overflowing_sub(*b);
        let (difference, under_again) = difference.overflowing_sub(u32::from(borrow));
        (*word, borrow) = (difference, under | under_again);
    }
    (result, borrow)
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
const fn low(number: u64) -> u32 {
    number as u32
}

#[allow(clippy::cast_possible_truncation, reason = "nothing is lost of the upper half")]
const fn high(number: u64) -> u32 {
    (number >> 32) as u32
}
