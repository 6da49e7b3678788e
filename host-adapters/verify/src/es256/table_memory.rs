//! The memory of a table; the generator's tables, one of each shape for the whole process.

use glowband_core::{PreparedTable, TableEntry, TableError, TableShape};
use std::sync::OnceLock;

/// An entry is as long as a line of the cache, and begins where one does: it costs one miss, not two.
const LINE: usize = size_of::<TableEntry>();

/// A table that owns its memory.
pub(super) struct TableMemory {
    shape: TableShape,
    bytes: Box<[u8]>,
    /// Where the first entry is.
    start: usize,
}

impl TableMemory {
    /// The table of a public key in SEC1's form.
    pub(super) fn of_key(shape: TableShape, key: &[u8]) -> Result<Self, TableError> {
        Self::filled(shape, |entries| PreparedTable::build(shape, key, entries).map(drop))
    }

    /// Returns the generator's table. The first call computes it; it is constant and is never freed.
    pub(super) fn of_generator(shape: TableShape) -> Result<&'static Self, TableError> {
        static BY_SHAPE: [OnceLock<TableMemory>; TableShape::ALL.len()] =
            [const { OnceLock::new() }; TableShape::ALL.len()];
        let at = TableShape::ALL.iter().position(|own| *own == shape);
        let place = at.and_then(|at| BY_SHAPE.get(at)).ok_or(TableError::Format)?;
        if let Some(table) = place.get() {
            return Ok(table);
        }
        // Two threads at once compute the same.
        let table = Self::filled(shape, |entries| PreparedTable::generator(shape, entries).map(drop))?;
        Ok(place.get_or_init(|| table))
    }

    pub(super) fn table(&self) -> Result<PreparedTable<'_>, TableError> {
        PreparedTable::trusted(self.shape, self.entries())
    }

    pub(super) fn entries(&self) -> &[TableEntry] {
        let bytes = self.bytes.get(self.start..self.start + self.shape.entries() * LINE);
        bytes.unwrap_or_default().as_chunks().0
    }

    fn filled(
        shape: TableShape,
        fill: impl FnOnce(&mut [TableEntry]) -> Result<(), TableError>,
    ) -> Result<Self, TableError> {
        let length = shape.entries() * LINE;
        let mut bytes = vec![0; length + LINE - 1].into_boxed_slice();
        let start = bytes.as_ptr().align_offset(LINE).min(LINE - 1);
        let entries = bytes.get_mut(start..start + length).unwrap_or_default();
        fill(entries.as_chunks_mut().0)?;
        Ok(Self { shape, bytes, start })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_its_entries_on_lines_of_the_cache() {
        for shape in TableShape::ALL {
            let memory = TableMemory::of_generator(*shape).unwrap();
            assert_eq!(memory.entries().len(), shape.entries());
            assert_eq!(memory.entries().as_ptr().addr() % LINE, 0);
            assert_eq!(memory.table().unwrap().shape(), *shape);
            assert!(std::ptr::eq(memory, TableMemory::of_generator(*shape).unwrap()), "one for all");
            let key = memory.table().unwrap().key();
            assert_eq!(TableMemory::of_key(*shape, &key).unwrap().entries(), memory.entries());
        }
    }

    #[test]
    fn what_is_no_point_has_no_table() {
        let error = TableMemory::of_key(TableShape::Comb2, &[4; 65]).err();
        assert_eq!(error, Some(TableError::PointInvalid));
    }
}
