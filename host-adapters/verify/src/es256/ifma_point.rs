//! Eight sums of points at once, in coordinates (X, Y, ZZ, ZZZ) with x = X/ZZ, y = Y/ZZZ, ZZ³ = ZZZ² (formulas
//! madd-2008-s, add-2008-s and dbl-2008-s-1 of the Explicit-Formulas Database).
//!
//! The formulas for sums do not hold where the two points are equal, opposite or infinity. Every addition looks for
//! that in every lane, and a lane in which it is so gets the right point by a double or by a choice: no input has a
//! wrong sum, and none is sent to other code. Infinity is a bit for each lane, not a value of the coordinates.

use super::ifma_field::{
    Lanes, REDUCED, difference, negated, product, product_sum, signed_difference, signed_reduced, square, sum, x_of_sum,
};
use glowband_core::p256::backend::{N, Number, P};
use std::arch::x86_64::__mmask8;

/// Bounds that additions and doubles keep; the compiler proves that they do.
const Y: u32 = 50;
const Z: u32 = 20;

/// Eight sums.
#[derive(Clone, Copy)]
pub(super) struct Sums {
    points: Points,
    /// The lanes whose sum is not infinity; what stands in the others means nothing.
    finite: __mmask8,
}

#[derive(Clone, Copy)]
struct Points {
    x: Lanes<REDUCED>,
    y: Lanes<Y>,
    zz: Lanes<Z>,
    zzz: Lanes<Z>,
}

/// Points to be added, one for each lane that has any.
#[derive(Clone, Copy)]
pub(super) struct Addends {
    /// Coordinates below 16p.
    pub(super) x: Lanes<256>,
    pub(super) y: Lanes<256>,
    /// The lanes in which the opposite point is meant.
    pub(super) negative: __mmask8,
    /// The lanes in which there is a point; in the others, nothing is added.
    pub(super) present: __mmask8,
}

/// 2^260 modulo p: one, in Montgomery's form.
const ONE: Number = [0x10, 0xffff_fff0_0000_0000, 0xffff_ffff_ffff_ffff, 0x0000_000f_ffff_ffef];

impl Sums {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn of(addends: &Addends) -> Self {
        Self { points: Points::of(addends), finite: addends.present }
    }

    /// Adds a point in each lane that has one.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add(&mut self, addends: &Addends) {
        let old = &self.points;
        let other_x: Lanes<36> = product(&addends.x, &old.zz);
        let other_y: Lanes<36> = product(&addends.y, &old.zzz);
        let p: Lanes<68> = difference(&other_x, &old.x);
        let r: Lanes<132> = signed_difference(addends.negative, &other_y, &old.y);
        let pp: Lanes<35> = square(&p);
        let ppp: Lanes<26> = product(&p, &pp);
        let q: Lanes<19> = product(&old.x, &pp);
        let rr: Lanes<85> = square(&r);
        let x = x_of_sum(&rr, &ppp, &q);
        let to_x: Lanes<51> = difference(&q, &x);
        let less: Lanes<32> = negated(&ppp);
        let y = product_sum((&r, &to_x), (&old.y, &less));
        let added = Points { x, y, zz: product(&old.zz, &pp), zzz: product(&old.zzz, &ppp) };
        let same_x = p.zeros();
        if addends.present & self.finite == u8::MAX && same_x == 0 {
            self.points = added;
        } else {
            self.settle(addends, &added, same_x, &r);
        }
    }

    /// What becomes of each lane where not every lane is a sum of two different points.
    #[cold]
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn settle(&mut self, addends: &Addends, added: &Points, same_x: __mmask8, r: &Lanes<132>) {
        let both = addends.present & self.finite;
        let old = self.points;
        self.points = old.or(both, added);
        let only_new = addends.present & !self.finite;
        if only_new != 0 {
            self.points = self.points.or(only_new, &Points::of(addends));
        }
        self.finite |= only_new;
        let same_x = same_x & both;
        if same_x != 0 {
            let same = same_x & r.zeros();
            self.points = self.points.or(same, &old.doubled());
            self.finite &= !(same_x & !same);
        }
    }

    /// Adds to each lane's sum that of the lane `DISTANCE` (4, 2 or 1) away.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_swapped<const DISTANCE: usize>(&mut self) {
        let old = self.points;
        let finite = self.finite;
        let other_finite = match DISTANCE {
            4 => finite.rotate_left(4),
            2 => (finite & 0x33) << 2 | (finite & 0xcc) >> 2,
            _ => (finite & 0x55) << 1 | (finite & 0xaa) >> 1,
        };
        let (other_zz, other_zzz) = (old.zz.swapped::<DISTANCE>(), old.zzz.swapped::<DISTANCE>());
        let own_x: Lanes<18> = product(&old.x, &other_zz);
        let own_y: Lanes<20> = product(&old.y, &other_zzz);
        let p: Lanes<50> = difference(&own_x.swapped::<DISTANCE>(), &own_x);
        let r: Lanes<52> = difference(&own_y.swapped::<DISTANCE>(), &own_y);
        let pp: Lanes<26> = square(&p);
        let ppp: Lanes<22> = product(&p, &pp);
        let q: Lanes<18> = product(&own_x, &pp);
        let rr: Lanes<27> = square(&r);
        let x = x_of_sum(&rr, &ppp, &q);
        let to_x: Lanes<50> = difference(&q, &x);
        let less: Lanes<32> = negated(&ppp);
        let y = product_sum((&r, &to_x), (&own_y, &less));
        let (zz, zzz): (Lanes<18>, Lanes<18>) = (product(&old.zz, &other_zz), product(&old.zzz, &other_zzz));
        let added = Points { x, y, zz: product(&zz, &pp), zzz: product(&zzz, &ppp) };
        let same_x = p.zeros();
        if finite == u8::MAX && same_x == 0 {
            self.points = added;
        } else {
            self.settle_swapped(&old.swapped::<DISTANCE>(), other_finite, &added, same_x, &r);
        }
    }

    #[cold]
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn settle_swapped(
        &mut self,
        other: &Points,
        other_finite: __mmask8,
        added: &Points,
        same_x: __mmask8,
        r: &Lanes<52>,
    ) {
        let old = self.points;
        let both = self.finite & other_finite;
        self.points = old.or(both, added).or(other_finite & !self.finite, other);
        self.finite |= other_finite;
        let same_x = same_x & both;
        if same_x != 0 {
            let same = same_x & r.zeros();
            self.points = self.points.or(same, &old.doubled());
            self.finite &= !(same_x & !same);
        }
    }

    /// The lanes whose x-coordinate, reduced modulo n, is r (FIPS 186-5 §6.4.2 step 6), for r in 1..n−1.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn have_x_modulo_n(&self, r: &[Number; 8]) -> __mmask8 {
        // The numbers themselves times Montgomery's form give numbers themselves.
        let x: Lanes<17> = product(&self.points.x, &Lanes::<1>::splat(&[1, 0, 0, 0]));
        let equal = self.equal_x(&x, r);
        // x is below p, which is above n: r + n is to be tried as well, where it is below p.
        let with_n = r.map(|r| plus_n(&r));
        let mut possible = 0;
        let mut larger = [[0; 4]; 8];
        for (lane, (place, with_n)) in larger.iter_mut().zip(with_n).enumerate() {
            if let Some(with_n) = with_n {
                *place = with_n;
                possible |= 1 << lane;
            }
        }
        let equal = if possible == 0 { equal } else { equal | possible & self.equal_x(&x, &larger) };
        equal & self.finite
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn equal_x(&self, x: &Lanes<17>, candidates: &[Number; 8]) -> __mmask8 {
        let scaled: Lanes<18> = product(&Lanes::<16>::of(candidates), &self.points.zz);
        let apart: Lanes<50> = difference(&scaled, x);
        apart.zeros()
    }
}

impl Points {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn of(addends: &Addends) -> Self {
        let one = Lanes::<16>::splat(&ONE).widened();
        let y = signed_reduced(addends.negative, &addends.y).widened();
        Self { x: signed_reduced(0, &addends.x), y, zz: one, zzz: one }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn or(&self, mask: __mmask8, other: &Self) -> Self {
        Self {
            x: self.x.or(mask, &other.x),
            y: self.y.or(mask, &other.y),
            zz: self.zz.or(mask, &other.zz),
            zzz: self.zzz.or(mask, &other.zzz),
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn swapped<const DISTANCE: usize>(&self) -> Self {
        Self {
            x: self.x.swapped::<DISTANCE>(),
            y: self.y.swapped::<DISTANCE>(),
            zz: self.zz.swapped::<DISTANCE>(),
            zzz: self.zzz.swapped::<DISTANCE>(),
        }
    }

    /// Twice the points. No point has order two.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn doubled(&self) -> Self {
        let y = signed_reduced(0, &self.y);
        let u: Lanes<34> = sum(&y, &y);
        let v: Lanes<21> = square(&u);
        let w: Lanes<19> = product(&u, &v);
        let s: Lanes<18> = product(&self.x, &v);
        // 3·X² − 3·ZZ²
        let (less, more): (Lanes<49>, Lanes<37>) = (difference(&self.x, &self.zz), sum(&self.x, &self.zz));
        let m: Lanes<24> = product(&less, &more);
        let twice: Lanes<48> = sum(&m, &m);
        let m: Lanes<72> = sum(&twice, &m);
        let mm: Lanes<37> = square(&m);
        let x = x_of_sum(&mm, &Lanes::<0>::splat(&[0; 4]), &s);
        let to_x: Lanes<50> = difference(&s, &x);
        let less: Lanes<32> = negated(&w);
        let doubled_y = product_sum((&m, &to_x), (&less, &y));
        Self { x, y: doubled_y, zz: product(&v, &self.zz), zzz: product(&w, &self.zzz) }
    }
}

/// r + n, if that is below p.
fn plus_n(r: &Number) -> Option<Number> {
    let mut sum = [0; 4];
    let mut carry = false;
    for (place, (r, n)) in sum.iter_mut().zip(r.iter().zip(N)) {
        let (partial, over) = r.overflowing_add(n);
        let (total, over_again) = partial.overflowing_add(carry.into());
        (*place, carry) = (total, over || over_again);
    }
    (!carry && sum.iter().rev().lt(P.iter().rev())).then_some(sum)
}
