//! Sums of points, by the formulas of the core (madd-2008-s and dbl-2008-s-1 of the Explicit-Formulas Database), each
//! number changed where it lies.

use crate::field::FieldElement;
use core::fmt;
use glowband_core::{Algorithm, PreparedEs256Key, SignatureCheck, SignatureMismatch, TableEntry};
use glowband_p256::internals::{PointSum, verify_with};

/// A prepared key for `ES256` whose points are added by this crate.
#[derive(Clone, Copy)]
pub struct UmaalEs256Key<'t>(pub PreparedEs256Key<'t>);

impl SignatureCheck for UmaalEs256Key<'_> {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        verify_with::<UmaalSum>(&self.0, signing_input, signature).map_err(|_| SignatureMismatch)
    }
}

impl fmt::Debug for UmaalEs256Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UmaalEs256Key(public)")
    }
}

/// A sum of points in coordinates (X, Y, ZZ, ZZZ): x = X/ZZ, y = Y/ZZZ, ZZ³ = ZZZ². ZZ = 0 is infinity.
pub struct UmaalSum {
    x: FieldElement,
    y: FieldElement,
    zz: FieldElement,
    zzz: FieldElement,
}

impl PointSum for UmaalSum {
    const INFINITY: Self =
        Self { x: FieldElement::ZERO, y: FieldElement::ZERO, zz: FieldElement::ZERO, zzz: FieldElement::ZERO };

    #[inline(always)]
    fn is_infinity(&self) -> bool {
        self.zz.is_zero()
    }

    #[inline(never)]
    fn double(&mut self) {
        let mut u = self.y;
        u.add(&self.y);
        let v = FieldElement::product(&u, &u);
        let w = FieldElement::product(&u, &v);
        let mut s = FieldElement::product(&self.x, &v);
        // 3·X² − 3·ZZ²
        let mut m = self.x;
        m.subtract(&self.zz);
        self.x.add(&self.zz);
        m.multiply(&self.x);
        let once = m;
        m.add(&once);
        m.add(&once);
        self.x = m;
        self.x.square();
        self.x.subtract(&s);
        self.x.subtract(&s);
        s.subtract(&self.x);
        s.multiply(&m);
        self.y.multiply(&w);
        self.y.subtract_from(&s);
        self.zz.multiply(&v);
        self.zzz.multiply(&w);
    }

    #[inline(never)]
    fn add(&mut self, entry: &TableEntry, negative: bool) {
        let ([x, y], _) = entry.as_chunks() else { return };
        let (mut p, mut r) = (FieldElement::from_bytes(x), FieldElement::from_bytes(y));
        if negative {
            r.subtract_from(&FieldElement::ZERO);
        }
        if self.is_infinity() {
            *self = Self { x: p, y: r, zz: FieldElement::ONE, zzz: FieldElement::ONE };
            return;
        }
        p.multiply(&self.zz);
        p.subtract(&self.x);
        r.multiply(&self.zzz);
        r.subtract(&self.y);
        if p.is_zero() {
            return self.add_same_x(r.is_zero());
        }
        let pp = FieldElement::product(&p, &p);
        p.multiply(&pp);
        let mut q = FieldElement::product(&self.x, &pp);
        self.zz.multiply(&pp);
        self.zzz.multiply(&p);
        self.y.multiply(&p);
        self.x = r;
        self.x.square();
        self.x.subtract(&p);
        self.x.subtract(&q);
        self.x.subtract(&q);
        q.subtract(&self.x);
        q.multiply(&r);
        self.y.subtract_from(&q);
    }

    fn x_and_zz(&self) -> [[u8; 32]; 2] {
        [self.x.to_bytes(), self.zz.to_bytes()]
    }
}

impl UmaalSum {
    /// Adds the point that this already is, or its opposite.
    #[cold]
    #[inline(never)]
    fn add_same_x(&mut self, same_y: bool) {
        if same_y {
            self.double();
        } else {
            *self = Self::INFINITY;
        }
    }
}
