//! A key with its tables.

use super::Es256Arithmetic;
use super::preparation::Preparation;
use super::table_memory::TableMemory;
use glowband_core::{PreparedEs256Key, SignatureCheck, SignatureMismatch, TableError};

/// A key whose multiples are in memory.
pub(super) struct PreparedKey {
    key: TableMemory,
    generator: &'static TableMemory,
}

impl PreparedKey {
    /// Computes the table of a public key in SEC1's form, and the generator's if no one has yet.
    pub(super) fn new(point: &[u8], preparation: &Preparation) -> Result<Self, TableError> {
        let shape = preparation.table_shape();
        let prepared = Self { key: TableMemory::of_key(shape, point)?, generator: TableMemory::of_generator(shape)? };
        // What the portable check would refuse is refused here, once.
        prepared.portable()?;
        Ok(prepared)
    }

    pub(super) fn arithmetic(&self) -> Es256Arithmetic {
        Es256Arithmetic::Portable
    }

    pub(super) fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        self.portable().map_err(|_| SignatureMismatch)?.check(signing_input, signature)
    }

    fn portable(&self) -> Result<PreparedEs256Key<'_>, TableError> {
        PreparedEs256Key::new(self.key.table()?, self.generator.table()?)
    }
}
