//! The stored form of a prepared table, for files and flash. It is the same on every machine and is used without a copy.
//!
//! | bytes | |
//! |---|---|
//! | 0–7 | `GLOWP256` |
//! | 8 | version: 1 |
//! | 9 | number of the shape |
//! | 10–11 | 0 |
//! | 12–15 | number of entries, lowest byte first |
//! | 16–80 | the key, `04 ‖ x ‖ y` |
//! | 81–95 | 0 |
//! | 96–127 | SHA-256 of the 96 bytes before and of the entries |
//! | 128– | the entries, 64 bytes each ([`TableEntry`]) |

use super::hashing::sha256;
use super::shape::TableShape;
use super::table::{PreparedTable, TableEntry, TableError, is_valid, load};

const MAGIC: [u8; 8] = *b"GLOWP256";
const VERSION: u8 = 1;

/// Bytes before the entries of a stored table.
pub const TABLE_HEADER: usize = 128;

impl<'t> PreparedTable<'t> {
    /// Returns the header of the stored table. The entries follow it unchanged.
    pub fn header(&self) -> [u8; TABLE_HEADER] {
        let shape = self.shape();
        let start = [VERSION, shape.number(), 0, 0];
        // The largest table has 4 096 entries.
        let entries = u32::try_from(shape.entries()).unwrap_or(u32::MAX).to_le_bytes();
        let key = self.key();
        let mut checked = [0; 96];
        let fields = MAGIC.iter().chain(&start).chain(&entries).chain(&key);
        for (place, byte) in checked.iter_mut().zip(fields) {
            *place = *byte;
        }
        let value = sha256(&checked, self.entries().as_flattened());
        let mut header = [0; TABLE_HEADER];
        for (place, byte) in header.iter_mut().zip(checked.iter().chain(&value)) {
            *place = *byte;
        }
        header
    }

    /// Reads a stored table, [`header`](Self::header) and entries, without a copy.
    ///
    /// The check value finds accidents. If an attacker could have written the bytes, compare [`key`](Self::key) with the
    /// expected key, and call [`check`](Self::check).
    ///
    /// # Errors
    /// [`TableError::Format`], [`TableError::Length`], [`TableError::Damaged`]; [`TableError::PointInvalid`] for an entry
    /// that is not on the curve.
    pub fn from_bytes(bytes: &'t [u8]) -> Result<Self, TableError> {
        let (header, entries) = bytes.split_first_chunk::<TABLE_HEADER>().ok_or(TableError::Format)?;
        let (magic, rest) = header.split_first_chunk().ok_or(TableError::Format)?;
        let [version, number, ..] = rest else { return Err(TableError::Format) };
        if *magic != MAGIC || *version != VERSION {
            return Err(TableError::Format);
        }
        let shape = TableShape::ALL.iter().find(|shape| shape.number() == *number).ok_or(TableError::Format)?;
        let (entries, []) = entries.as_chunks() else { return Err(TableError::Length) };
        let table = Self::trusted(*shape, entries)?;
        if table.header() != *header {
            return Err(TableError::Damaged);
        }
        if !entries.iter().all(|entry: &TableEntry| is_valid(&load(entry))) {
            return Err(TableError::PointInvalid);
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests;
