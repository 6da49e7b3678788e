//! Prepared tables: multiples of a point, computed once, in memory of the caller.

use super::field::FieldElement;
use super::point::{Affine, Sum};
use super::shape::{Digits, Layout, TableShape};
use core::fmt;

/// An affine point: x and y times 2^256 modulo p (Montgomery form), 32 bytes each, lowest byte first.
///
/// The bytes are the same in memory, in flash and in a file, on every machine.
pub type TableEntry = [u8; 64];

/// A prepared table, borrowed.
///
/// An attacker who can write a table can forge signatures: store it where you would store the public key itself.
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
    /// The key is not a point of P-256 in the form of SEC 1, or an entry is not a point of P-256.
    PointInvalid,
    /// The entries are not the multiples of the table's key.
    NotMultiples,
    /// The generator's table belongs to another point.
    NotGenerator,
    /// The bytes are not a stored table, or have a later version or an unknown shape.
    Format,
    /// The bytes were changed or truncated: the check value differs.
    Damaged,
}

impl<'t> PreparedTable<'t> {
    /// Builds the table of a public key, `04 ‖ x ‖ y` or `02`/`03 ‖ x` (SEC 1 §2.3.3), which is checked to be on the
    /// curve. `memory` has exactly [`shape.entries()`](TableShape::entries) entries.
    ///
    /// Takes the time of about three verifications for the smallest shape, and of eighty for the largest.
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

    /// Uses a table that was built before and stored where no other program can write: in the program's own memory, or as a
    /// `static TABLE: [TableEntry; SHAPE.entries()]` in flash.
    ///
    /// Only the length is checked. Use [`from_bytes`](Self::from_bytes) or [`check`](Self::check) for a table from elsewhere.
    ///
    /// # Errors
    /// [`TableError::Length`].
    pub fn trusted(shape: TableShape, entries: &'t [TableEntry]) -> Result<Self, TableError> {
        if entries.len() != shape.entries() {
            return Err(TableError::Length);
        }
        Ok(Self { shape, entries })
    }

    /// Returns the shape.
    pub const fn shape(&self) -> TableShape {
        self.shape
    }

    /// Returns the entries, which can be stored and used again with [`trusted`](Self::trusted).
    pub const fn entries(&self) -> &'t [TableEntry] {
        self.entries
    }

    /// Returns the key of the table, as `04 ‖ x ‖ y`.
    pub fn key(&self) -> [u8; 65] {
        self.point().map_or([0; 65], Affine::to_sec1)
    }

    /// Computes every entry again and compares. Needs no memory, and about the time of building.
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

    /// Returns the first entry, which is the key itself.
    pub(super) fn point(&self) -> Option<Affine> {
        self.entries.first().map(load)
    }

    fn fill(shape: TableShape, point: Affine, memory: &'t mut [TableEntry]) -> Result<Self, TableError> {
        if memory.len() != shape.entries() {
            return Err(TableError::Length);
        }
        // No multiple in a table is infinity, so no division fails.
        fill(&shape.layout(), point, memory).ok_or(TableError::PointInvalid)?;
        Ok(Self { shape, entries: memory })
    }
}

/// Reads an entry. Its coordinates are below p if those of the stored entry are.
#[inline(always)]
pub(super) fn load(entry: &TableEntry) -> Affine {
    let ([x, y], _) = entry.as_chunks() else { return Affine::GENERATOR };
    Affine { x: FieldElement::from_montgomery_bytes(x), y: FieldElement::from_montgomery_bytes(y) }
}

/// Returns true for a point of the curve with coordinates below p.
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
    // `max(1)` shows the compiler that `chunks_exact_mut` cannot panic.
    for part in memory.chunks_exact_mut(layout.per_part.max(1)) {
        *part.first_mut()? = store(&point);
        // Doubles the number of multiples: adds the stride to each.
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
        // The stride is now 2^(w−1) times the point.
        point = doubled(&stride, layout.spacing - (layout.width - 1))?;
    }
    Some(())
}

/// Fills `new` with the points of `old`, each plus the stride, and returns twice the stride. One inversion serves all
/// points: the intermediate products are stored in the places of the results.
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

/// Returns the denominator of the slope of the line through two points that are not opposite.
fn slope_below(a: &Affine, b: &Affine) -> FieldElement {
    if a.x == b.x { a.y.double() } else { b.x.sub(&a.x) }
}

/// Returns a + b, given the inverse of the denominator of the slope.
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

/// Returns 2^times · point.
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
            Self::NotGenerator => "the table does not belong to the generator of the curve",
            Self::Format => "not a stored table of a supported version",
            Self::Damaged => "the stored table was changed or truncated",
        })
    }
}

impl core::error::Error for TableError {}

#[cfg(test)]
mod tests;
