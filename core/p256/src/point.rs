//! Points of P-256 (SP 800-186 §3.2.1.3): y² = x³ − 3x + b.
//!
//! A sum has the coordinates (X, Y, ZZ, ZZZ) with x = X/ZZ, y = Y/ZZZ, ZZ³ = ZZZ², which are the fastest for adding
//! affine points (formulas madd-2008-s and dbl-2008-s-1 of the Explicit-Formulas Database). ZZ = 0 is infinity.

use super::backend::PointSum;
use super::field::FieldElement;
use super::limbs::{self, Words};
use super::number;
use super::table::{TableEntry, load};

/// A point other than infinity.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Affine {
    pub(super) x: FieldElement,
    pub(super) y: FieldElement,
}

/// A sum of points.
#[derive(Clone, Copy)]
pub(super) struct Sum {
    x: FieldElement,
    y: FieldElement,
    zz: FieldElement,
    zzz: FieldElement,
}

const B: FieldElement = FieldElement::from_montgomery([
    0x29c4_bddf,
    0xd89c_df62,
    0x7884_3090,
    0xacf0_05cd,
    0xf721_2ed6,
    0xe5a2_20ab,
    0x0487_4834,
    0xdc30_061d,
]);
/// n modulo p.
const ORDER: FieldElement = FieldElement::from_montgomery([
    0x3335_f568,
    0x9ad1_6948,
    0x63fe_9931,
    0x89b1_0544,
    0x652e_96b7,
    0x9c01_66ce,
    0x0fe3_0feb,
    0x9864_8c20,
]);

/// p − n: r + n is below p for r below this.
const P_LESS_N: Words = limbs::from_u32([0x039c_daae, 0x0c46_353d, 0x58e8_617b, 0x4319_0553, 0, 0, 0, 0]);

/// The point to add is the sum itself.
struct SamePoint;

impl Affine {
    /// The generator G.
    pub(super) const GENERATOR: Self = Self {
        x: FieldElement::from_montgomery([
            0x18a9_143c,
            0x79e7_30d4,
            0x5fed_b601,
            0x75ba_95fc,
            0x7762_2510,
            0x79fb_732b,
            0xa537_55c6,
            0x1890_5f76,
        ]),
        y: FieldElement::from_montgomery([
            0xce95_560a,
            0xddf2_5357,
            0xba19_e45c,
            0x8b4a_b8e4,
            0xdd21_f325,
            0xd2e8_8688,
            0x2588_5d85,
            0x8571_ff18,
        ]),
    };

    /// Reads a point from `04 ‖ x ‖ y` or `02`/`03 ‖ x` (SEC 1 §2.3.4). `None` unless it is on the curve.
    pub(super) fn from_sec1(bytes: &[u8]) -> Option<Self> {
        let (form, coordinates) = bytes.split_first()?;
        let (coordinates, rest) = coordinates.as_chunks();
        if !rest.is_empty() {
            return None;
        }
        match (form, coordinates) {
            (4, [x, y]) => {
                let (x, y) = (coordinate(x)?, coordinate(y)?);
                Some(Self { x, y }).filter(Self::is_on_curve)
            }
            (2 | 3, [x]) => {
                let x = coordinate(x)?;
                let y = right_side(&x).square_root()?;
                // No point has y = 0, so exactly one of the two roots is odd.
                let odd = y.number().first().is_some_and(|limb| limb & 1 == 1);
                Some(Self { x, y: y.negated_if(odd != (*form == 3)) })
            }
            _ => None,
        }
    }

    /// Returns `04 ‖ x ‖ y`.
    pub(super) fn to_sec1(self) -> [u8; 65] {
        let mut point = [4; 65];
        let [x, y] = [self.x, self.y].map(|coordinate| number::be_bytes(&coordinate.number()));
        for (place, byte) in point.iter_mut().skip(1).zip(x.iter().chain(&y)) {
            *place = *byte;
        }
        point
    }

    pub(super) fn is_on_curve(&self) -> bool {
        self.y.square() == right_side(&self.x)
    }
}

impl Sum {
    pub(super) const INFINITY: Self =
        Self { x: FieldElement::ZERO, y: FieldElement::ZERO, zz: FieldElement::ZERO, zzz: FieldElement::ZERO };

    #[inline(always)]
    pub(super) const fn of(point: Affine) -> Self {
        Self { x: point.x, y: point.y, zz: FieldElement::ONE, zzz: FieldElement::ONE }
    }

    #[inline(always)]
    pub(super) fn is_infinity(&self) -> bool {
        self.zz.is_zero()
    }

    /// Makes a sum of which only x = X/ZZ is known.
    pub(super) fn of_x([x, zz]: &[[u8; 32]; 2]) -> Self {
        let [x, zz] = [x, zz].map(FieldElement::from_montgomery_bytes);
        Self { x, y: FieldElement::ZERO, zz, zzz: FieldElement::ZERO }
    }

    /// Adds a point. Equal and opposite points are added correctly too.
    #[inline(always)]
    pub(super) fn add(&mut self, point: &Affine) {
        if self.add_other(point).is_err() {
            self.double();
        }
    }

    /// Adds a point that differs from the sum. The caller doubles equal points, so that the stack of a chip does not hold
    /// both calls at once.
    #[cfg_attr(target_pointer_width = "64", inline(always))]
    #[cfg_attr(not(target_pointer_width = "64"), inline(never))]
    fn add_other(&mut self, point: &Affine) -> Result<(), SamePoint> {
        if self.is_infinity() {
            *self = Self::of(*point);
            return Ok(());
        }
        let p = point.x.mul(&self.zz).sub(&self.x);
        let r = point.y.mul(&self.zzz).sub(&self.y);
        if p.is_zero() {
            return self.add_same_x(r.is_zero());
        }
        let pp = p.square();
        let ppp = p.mul(&pp);
        let q = self.x.mul(&pp);
        self.zz = self.zz.mul(&pp);
        self.zzz = self.zzz.mul(&ppp);
        self.x = r.square().sub(&ppp).sub(&q.double());
        self.y = r.mul(&q.sub(&self.x)).sub(&self.y.mul(&ppp));
        Ok(())
    }

    /// Handles a point with the same x: the sum itself, or its opposite.
    #[cold]
    #[inline(never)]
    fn add_same_x(&mut self, same_y: bool) -> Result<(), SamePoint> {
        if same_y {
            return Err(SamePoint);
        }
        *self = Self::INFINITY;
        Ok(())
    }

    /// Doubles the point. Infinity stays infinity, and no point has order two.
    pub(super) fn double(&mut self) {
        let u = self.y.double();
        let v = u.square();
        let w = u.mul(&v);
        let s = self.x.mul(&v);
        // 3·X² − 3·ZZ²
        let m = self.x.sub(&self.zz).mul(&self.x.add(&self.zz));
        let m = m.double().add(&m);
        self.x = m.square().sub(&s.double());
        self.y = m.mul(&s.sub(&self.x)).sub(&w.mul(&self.y));
        self.zz = v.mul(&self.zz);
        self.zzz = w.mul(&self.zzz);
    }

    /// `None` for infinity.
    pub(super) fn to_affine(self) -> Option<Affine> {
        // 1/Z = ZZ/ZZZ.
        let inverse = self.zzz.invert()?;
        let inverse_z = inverse.mul(&self.zz);
        Some(Affine { x: self.x.mul(&inverse_z.square()), y: self.y.mul(&inverse) })
    }

    /// Returns true for the same point, without an inversion.
    pub(super) fn is(&self, point: &Affine) -> bool {
        !self.is_infinity() && point.x.mul(&self.zz) == self.x && point.y.mul(&self.zzz) == self.y
    }

    /// Returns true if the x-coordinate modulo n is r (FIPS 186-5 §6.4.2 step 6), for r in 1..n−1.
    ///
    /// x is below p, which is above n: it is compared with r, and with r + n if that is below p.
    pub(super) fn has_x_modulo_n(&self, r: &Words) -> bool {
        if self.is_infinity() {
            return false;
        }
        let Some(x) = FieldElement::new(r) else { return false };
        x.mul(&self.zz) == self.x || number::less(r, &P_LESS_N) && x.add(&ORDER).mul(&self.zz) == self.x
    }
}

impl PointSum for Sum {
    const INFINITY: Self = Self::INFINITY;

    #[inline(always)]
    fn is_infinity(&self) -> bool {
        Self::is_infinity(self)
    }

    #[inline(always)]
    fn double(&mut self) {
        Self::double(self);
    }

    #[inline(always)]
    fn add(&mut self, entry: &TableEntry, negative: bool) {
        let mut point = load(entry);
        point.y = point.y.negated_if(negative);
        Self::add(self, &point);
    }

    #[inline(always)]
    fn x_and_zz(&self) -> [[u8; 32]; 2] {
        [self.x.montgomery_bytes(), self.zz.montgomery_bytes()]
    }
}

/// Returns x³ − 3x + b.
fn right_side(x: &FieldElement) -> FieldElement {
    let three_x = x.double().add(x);
    x.square().mul(x).sub(&three_x).add(&B)
}

fn coordinate(bytes: &[u8; 32]) -> Option<FieldElement> {
    FieldElement::new(&number::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests;
