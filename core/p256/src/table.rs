//! Prepared tables: multiples of a point, built once, in memory that the caller has.

use super::field::FieldElement;
use super::point::{Affine, Sum};
use super::shape::{Digits, Layout, TableShape};
use core::fmt;

/// An affine point: x and y times 2^256 modulo p (Montgomery's form), 32 bytes each, lowest byte first.
///
/// The same bytes in memory, in flash and in a file, on every machine.
pub type TableEntry = [u8; 64];

/// A prepared table, borrowed.
///
/// Whoever can write a table can forge signatures: keep it where you would keep the public key itself.
#[derive(Clone, Copy)]
pub struct PreparedTable<'t> {
    pub(super) shape: TableShape,
    pub(super) entries: &'t [TableEntry],
}

/// Why a table cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableError {
    /// The memory does not hold exactly the entries of the shape ([`TableShape::entries`]).
    Length,
    /// The key is not a point of P-256 in SEC1's form, or an entry is not a point of P-256.
    PointInvalid,
    /// The entries are not the multiples of the table's key.
    NotMultiples,
    /// The table to be used for the generator is one of another point.
    NotGenerator,
    /// The bytes are not a stored table, or one of a later version or unknown shape.
    Format,
    /// The bytes were changed or cut: the check value differs.
    Damaged,
}

impl<'t> PreparedTable<'t> {
    /// Builds the table of a public key, `04 ‖ x ‖ y` or `02`/`03 ‖ x` (SEC 1 §2.3.3), which is checked to be on the
    /// curve. `memory` has exactly [`shape.entries()`](TableShape::entries) entries.
    ///
    /// Costs about as much as three verifications for the smallest shape, and eighty for the largest.
    ///
    /// # Errors
    /// [`TableError::Length`], [`TableError::PointInvalid`].
    pub fn build(shape: TableShape, key: &[u8], memory: &'t mut [TableEntry]) -> Result<Self, TableError> {
        Self::fill(shape, Affine::from_sec1(key).ok_or(TableError::PointInvalid)?, memory)
    }

    /// Builds the table of the curve's generator, which all keys share.
    ///
    /// # Errors
    /// [`TableError::Length`].
    pub fn generator(shape: TableShape, memory: &'t mut [TableEntry]) -> Result<Self, TableError> {
        Self::fill(shape, Affine::GENERATOR, memory)
    }

    /// A table that was built before and kept where nobody else can write: memory of one's own, or a
    /// `static TABLE: [TableEntry; SHAPE.entries()]` in flash.
    ///
    /// Only the length is looked at. What comes from outside belongs into [`from_bytes`](Self::from_bytes), or before
    /// [`check`](Self::check).
    ///
    /// # Errors
    /// [`TableError::Length`].
    pub fn trusted(shape: TableShape, entries: &'t [TableEntry]) -> Result<Self, TableError> {
        if entries.len() != shape.entries() {
            return Err(TableError::Length);
        }
        Ok(Self { shape, entries })
    }

    /// The table's shape.
    pub const fn shape(&self) -> TableShape {
        self.shape
    }

    /// The entries, to be kept and read again by [`trusted`](Self::trusted).
    pub const fn entries(&self) -> &'t [TableEntry] {
        self.entries
    }

    /// The key that the table is of, as `04 ‖ x ‖ y`.
    pub fn key(&self) -> [u8; 65] {
        self.point().map_or([0; 65], Affine::to_sec1)
    }

    /// Computes every entry again and compares. Needs no memory and about the time of building.
    ///
    /// # Errors
    /// [`TableError::PointInvalid`] if the first entry, the key, is not on the curve; [`TableError::NotMultiples`].
    pub fn check(&self) -> Result<(), TableError> {
        let layout = self.shape.layout();
        let mut point = self.point().filter(is_valid).ok_or(TableError::PointInvalid)?;
        let mut parts = self.entries.chunks_exact(layout.per_part.max(1)).peekable();
        while let Some(part) = parts.next() {
            let mut multiple = Sum::of(point);
            for (at, entry) in part.iter().enumerate() {
                if at > 0 {
                    multiple.add(&point);
                    if layout.digits == Digits::Sparse {
                        multiple.add(&point);
                    }
                }
                let entry = load(entry);
                if !(entry.x.is_reduced() && entry.y.is_reduced() && multiple.is(&entry)) {
                    return Err(TableError::NotMultiples);
                }
            }
            if let Some([first, ..]) = parts.peek() {
                let mut next = Sum::of(point);
                (0..layout.spacing).for_each(|_| next.double());
                point = load(first);
                if !next.is(&point) {
                    return Err(TableError::NotMultiples);
                }
            }
        }
        Ok(())
    }

    /// The first entry: once the key.
    pub(super) fn point(&self) -> Option<Affine> {
        self.entries.first().map(load)
    }

    fn fill(shape: TableShape, point: Affine, memory: &'t mut [TableEntry]) -> Result<Self, TableError> {
        if memory.len() != shape.entries() {
            return Err(TableError::Length);
        }
        // No multiple in a table is infinity, so every division in it is possible.
        fill(&shape.layout(), point, memory).ok_or(TableError::PointInvalid)?;
        Ok(Self { shape, entries: memory })
    }
}

/// A point in memory. Its coordinates are below p if they were.
#[inline(always)]
pub(super) fn load(entry: &TableEntry) -> Affine {
    let ([x, y], _) = entry.as_chunks() else { return Affine::GENERATOR };
    Affine { x: FieldElement::from_montgomery_bytes(x), y: FieldElement::from_montgomery_bytes(y) }
}

/// True for a point of the curve whose coordinates are below p.
pub(super) fn is_valid(point: &Affine) -> bool {
    point.x.is_reduced() && point.y.is_reduced() && point.is_on_curve()
}

fn store(point: &Affine) -> TableEntry {
    let mut entry = [0; 64];
    for (place, coordinate) in entry.as_chunks_mut().0.iter_mut().zip([point.x, point.y]) {
        *place = coordinate.montgomery_bytes();
    }
    entry
}

fn fill(layout: &Layout, mut point: Affine, memory: &mut [TableEntry]) -> Option<()> {
    // At least one, for the compiler: a part of none would be a panic.
    for part in memory.chunks_exact_mut(layout.per_part.max(1)) {
        *part.first_mut()? = store(&point);
        // From the first so many multiples to twice as many: each plus the stride.
        let mut stride = match layout.digits {
            Digits::Windows => point,
            Digits::Sparse => doubled(&point, 1)?,
        };
        let mut filled = 1;
        while filled < layout.per_part {
            let (old, rest) = part.split_at_mut_checked(filled)?;
            stride = translate(old, rest.get_mut(..filled)?, &stride)?;
            filled *= 2;
        }
        // The stride is 2^(w−1) times the point by now.
        point = doubled(&stride, layout.spacing - (layout.width - 1))?;
    }
    Some(())
}

/// Fills `new` with the points of `old`, each plus the stride; returns twice the stride. One inversion for all: the
/// products that lead up to it wait in the places of the results.
fn translate(old: &[TableEntry], new: &mut [TableEntry], stride: &Affine) -> Option<Affine> {
    let mut product = FieldElement::ONE;
    for (old, place) in old.iter().zip(new.iter_mut()) {
        *place = store(&Affine { x: product, y: FieldElement::ZERO });
        product = product.mul(&slope_below(&load(old), stride));
    }
    let last = slope_below(stride, stride);
    let mut inverse = product.mul(&last).invert()?;
    let twice = added(stride, stride, &inverse.mul(&product));
    inverse = inverse.mul(&last);
    for (old, place) in old.iter().zip(new).rev() {
        let old = load(old);
        let waiting = load(place).x;
        let below = slope_below(&old, stride);
        *place = store(&added(&old, stride, &inverse.mul(&waiting)));
        inverse = inverse.mul(&below);
    }
    Some(twice)
}

/// The denominator of the slope of the line through two points that are not opposite.
fn slope_below(a: &Affine, b: &Affine) -> FieldElement {
    if a.x == b.x { a.y.double() } else { b.x.sub(&a.x) }
}

/// a + b, given 1 over the denominator of the slope.
fn added(a: &Affine, b: &Affine, inverse: &FieldElement) -> Affine {
    let above = if a.x == b.x {
        // 3x² − 3
        let square = a.x.square().sub(&FieldElement::ONE);
        square.double().add(&square)
    } else {
        b.y.sub(&a.y)
    };
    let slope = above.mul(inverse);
    let x = slope.square().sub(&a.x).sub(&b.x);
    let y = slope.mul(&a.x.sub(&x)).sub(&a.y);
    Affine { x, y }
}

/// 2^times · point.
fn doubled(point: &Affine, times: u32) -> Option<Affine> {
    let mut sum = Sum::of(*point);
    (0..times).for_each(|_| sum.double());
    sum.to_affine()
}

impl fmt::Debug for PreparedTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreparedTable({:?}, public)", self.shape)
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "the memory does not have exactly the entries of the table's shape",
            Self::PointInvalid => "not a point of P-256",
            Self::NotMultiples => "the entries are not the multiples of the table's key",
            Self::NotGenerator => "the table is not one of the curve's generator",
            Self::Format => "not a stored table of this version",
            Self::Damaged => "the stored table was changed or cut",
        })
    }
}

impl core::error::Error for TableError {}

#[cfg(test)]
mod tests;
