//! Eight sums of points at once, in coordinates (X, Y, ZZ, ZZZ) with x = X/ZZ, y = Y/ZZZ, ZZ³ = ZZZ² (formulas
//! madd-2008-s, add-2008-s and dbl-2008-s-1 of the Explicit-Formulas Database).
//!
//! The formulas for sums do not hold where the two points are equal, opposite or infinity. Every addition looks for
//! that in every lane, and a lane in which it is so gets the right point by a double or by a choice: no input has a
//! wrong sum, and none is sent to other code. Infinity is a bit for each lane, not a value of the coordinates.

use super::ifma_field::{
    REDUCED, difference, negated_in, product, product_sum, signed_difference, signed_reduced, square, sum, x_of_sum,
};
use super::ifma_lanes::{Columns, Factor, Lanes};
use glowband_p256::internals::{N, Number, P};
use std::arch::x86_64::__mmask8;

/// Bounds that additions and doubles keep; the compiler proves that they do.
const Y: u32 = 60;
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
    zz: Factor<Z>,
    zzz: Factor<Z>,
    /// The lanes in which ZZZ has the other sign. The formula for Y subtracts a product; with the other sign of P in it,
    /// it adds, and costs no negation. ZZZ, in which P is too, changes its sign with every sum, and that of the next
    /// point is changed with it.
    turned: __mmask8,
}

/// Points to be added, one for each lane that has any.
#[derive(Clone, Copy)]
pub(super) struct Addends {
    /// Coordinates below 16p.
    pub(super) x: Factor<256>,
    pub(super) y: Factor<256>,
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
        let other_x: Columns<36> = product(&addends.x, &old.zz);
        let other_y: Columns<36> = product(&addends.y, &old.zzz);
        let p: Factor<65> = difference(&old.x, &other_x).factor();
        let r: Factor<132> = signed_difference(addends.negative ^ old.turned, &other_y, &old.y).factor();
        let pp: Factor<33> = square(&p).factor();
        let ppp: Columns<25> = product(&p, &pp);
        let q: Columns<19> = product(&old.x.factor(), &pp);
        let rr: Columns<85> = square(&r);
        let x = x_of_sum(&rr, &ppp, &q);
        let to_x: Factor<51> = difference(&q, &x).factor();
        let ppp = ppp.factor();
        let y = product_sum((&r, &to_x), (&old.y.factor(), &ppp));
        let (zz, zzz): (Columns<Z>, Columns<Z>) = (product(&old.zz, &pp), product(&old.zzz, &ppp));
        let (zz, zzz, turned) = (zz.factor(), zzz.factor(), !old.turned);
        let same_x = p.zeros();
        if addends.present & self.finite == u8::MAX && same_x == 0 {
            // Each by itself, so that nothing is put together elsewhere and copied.
            self.points.x = x;
            self.points.y = y;
            self.points.zz = zz;
            self.points.zzz = zzz;
            self.points.turned = turned;
        } else {
            self.settle(addends, &Points { x, y, zz, zzz, turned }, same_x, &r);
        }
    }

    /// What becomes of each lane where not every lane is a sum of two different points.
    #[cold]
    #[inline(never)]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn settle(&mut self, addends: &Addends, added: &Points, same_x: __mmask8, r: &Factor<132>) {
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
    ///
    /// Lanes i and i xor DISTANCE are to have the same sum, so half of the lanes compute what belongs to x and ZZ, and
    /// the others what belongs to y and ZZZ: seven products instead of fourteen.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_swapped<const DISTANCE: usize>(&mut self) {
        let for_y: __mmask8 = [0, 0b1010_1010, 0b1100_1100, 0, 0b1111_0000][DISTANCE];
        let (old, finite) = (self.points, self.finite);
        let (other_zz, other_zzz) = (old.zz.swapped::<DISTANCE>(), old.zzz.swapped::<DISTANCE>());
        let other_turned = swapped_mask::<DISTANCE>(old.turned);
        let own_x: Columns<18> = product(&old.x.factor(), &other_zz);
        let own_x: Lanes<32> = own_x.carried().widened();
        let own_y: Columns<21> = product(&old.y.factor(), &other_zzz);
        let own_y: Lanes<32> = negated_in(other_turned, &own_y);
        let z: Columns<18> = product(&old.zz.or(for_y, &old.zzz), &other_zz.or(for_y, &other_zzz));
        let (other_x, other_y) = (own_x.swapped::<DISTANCE>(), own_y.swapped::<DISTANCE>());
        // −P for x, R for y.
        let p_r: Factor<64> = difference(&own_x.or(for_y, &own_y), &other_x.or(for_y, &other_y)).factor();
        let pp_rr: Columns<32> = square(&p_r);
        let pp_rr = pp_rr.carried();
        let pp = pp_rr.or(for_y, &pp_rr.swapped::<DISTANCE>()).factor();
        // −PPP for x, Q for y.
        let ppp_q: Columns<24> = product(&p_r.or(for_y, &other_x.factor().widened()), &pp);
        let ppp_q = ppp_q.carried();
        let q_ppp = ppp_q.swapped::<DISTANCE>();
        // The new x, in the lanes for y; what is in the others means nothing.
        let x = x_of_sum(&pp_rr, &q_ppp, &ppp_q);
        let to_x: Factor<56> = difference(&ppp_q, &x).factor();
        let x = x.swapped::<DISTANCE>().or(for_y, &x);
        // The two halves of the new y: y·(−PPP), R·(Q − x).
        let one: Factor<64> = own_y.factor().widened().or(for_y, &p_r);
        let other: Factor<56> = ppp_q.factor().widened().or(for_y, &to_x);
        let halves: Columns<30> = product(&one, &other);
        let halves = halves.carried();
        let y = sum(&halves, &halves.swapped::<DISTANCE>()).carried();
        // The new ZZ, and the new ZZZ.
        let z: Columns<Z> = product(&z.factor(), &pp.or(for_y, &q_ppp.factor().widened()));
        let z = z.factor();
        let z_swapped = z.swapped::<DISTANCE>();
        let (zz, zzz) = (z.or(for_y, &z_swapped), z_swapped.or(for_y, &z));
        let added = Points { x, y, zz, zzz, turned: !(old.turned ^ other_turned) };
        let zeros = p_r.zeros();
        if finite == u8::MAX && zeros & !for_y == 0 {
            self.points = added;
        } else {
            let both = |half: __mmask8| half | swapped_mask::<DISTANCE>(half);
            let (same_x, same_y) = (both(zeros & !for_y), both(zeros & for_y));
            let other_finite = swapped_mask::<DISTANCE>(finite);
            self.settle_swapped(&old.swapped::<DISTANCE>(), other_finite, &added, same_x, same_x & same_y);
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
        same: __mmask8,
    ) {
        let old = self.points;
        let both = self.finite & other_finite;
        self.points = old.or(both, added).or(other_finite & !self.finite, other);
        self.finite |= other_finite;
        let (same_x, same) = (same_x & both, same & both);
        if same_x != 0 {
            self.points = self.points.or(same, &old.doubled());
            self.finite &= !(same_x & !same);
        }
    }

    /// The lanes whose x-coordinate, reduced modulo n, is r (FIPS 186-5 §6.4.2 step 6), for r in 1..n−1.
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn have_x_modulo_n(&self, r: &[Number; 8]) -> __mmask8 {
        // The numbers themselves times Montgomery's form give numbers themselves.
        let x: Columns<17> = product(&self.points.x.factor(), &Lanes::<1>::splat(&[1, 0, 0, 0]).factor());
        let x = x.carried();
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
        let scaled: Columns<18> = product(&Lanes::<16>::of(candidates).factor(), &self.points.zz);
        let apart: Factor<50> = difference(&scaled, x).factor();
        apart.zeros()
    }
}

impl Points {
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn of(addends: &Addends) -> Self {
        let one = Lanes::<16>::splat(&ONE).widened().factor();
        let y = signed_reduced(addends.negative, &addends.y.lanes()).widened();
        Self { x: signed_reduced(0, &addends.x.lanes()), y, zz: one, zzz: one, turned: 0 }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn or(&self, mask: __mmask8, other: &Self) -> Self {
        Self {
            x: self.x.or(mask, &other.x),
            y: self.y.or(mask, &other.y),
            zz: self.zz.or(mask, &other.zz),
            zzz: self.zzz.or(mask, &other.zzz),
            turned: self.turned & !mask | other.turned & mask,
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
            turned: swapped_mask::<DISTANCE>(self.turned),
        }
    }

    /// Twice the points. No point has order two.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn doubled(&self) -> Self {
        let (y, zz) = (signed_reduced(0, &self.y), self.zz.lanes());
        let u: Factor<34> = sum(&y, &y).factor();
        let v: Factor<21> = square(&u).factor();
        let w: Columns<19> = product(&u, &v);
        let s: Columns<18> = product(&self.x.factor(), &v);
        // 3·X² − 3·ZZ²
        let (less, more): (Factor<49>, Factor<37>) = (difference(&self.x, &zz).factor(), sum(&self.x, &zz).factor());
        let m: Columns<24> = product(&less, &more);
        let m = m.carried();
        let twice: Lanes<48> = sum(&m, &m).carried();
        let m: Factor<72> = sum(&twice, &m).factor();
        let mm: Columns<37> = square(&m);
        let x = x_of_sum(&mm, &Lanes::<0>::splat(&[0; 4]), &s);
        let to_x: Factor<50> = difference(&s, &x).factor();
        let less: Lanes<32> = negated_in(u8::MAX, &w);
        let doubled_y = product_sum((&m, &to_x), (&less.factor(), &y.factor()));
        let (zz, zzz): (Columns<Z>, Columns<Z>) = (product(&v, &self.zz), product(&w.factor(), &self.zzz));
        Self { x, y: doubled_y, zz: zz.factor(), zzz: zzz.factor(), turned: self.turned }
    }
}

/// As [`Lanes::swapped`].
#[inline]
fn swapped_mask<const DISTANCE: usize>(mask: __mmask8) -> __mmask8 {
    match DISTANCE {
        4 => mask.rotate_left(4),
        2 => (mask & 0x33) << 2 | (mask & 0xcc) >> 2,
        _ => (mask & 0x55) << 1 | (mask & 0xaa) >> 1,
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
