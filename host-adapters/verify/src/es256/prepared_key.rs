//! A key with its tables, and which arithmetic reads them.

use super::Es256Arithmetic;
use super::ifma::{Ifma, Tables, Windows, window_width};
use super::preparation::Preparation;
use super::table_memory::TableMemory;
use glowband_core::{PreparedEs256Key, SignatureMismatch, TableError, TableShape};
use glowband_p256::internals::SignatureScalars;
use sha2::{Digest, Sha256};

/// A key whose multiples are in memory.
pub(super) struct PreparedKey {
    key: TableMemory,
    generator: &'static TableMemory,
    /// The vector instructions, if there are any for tables of this shape, and the bits in its windows and in those of
    /// the generator's table.
    vectors: Option<(Ifma, u32, u32)>,
}

/// The shape of the generator's table, whatever that of the key's: 256 KiB once for all keys of the process, for a
/// seventh fewer additions than with windows of six bits.
const GENERATOR: TableShape = TableShape::Windows8;

impl PreparedKey {
    /// Computes the table of a public key in SEC1's form, and the generator's if no one has yet.
    pub(super) fn new(point: &[u8], preparation: &Preparation) -> Result<Self, TableError> {
        let shape = preparation.table_shape();
        let windows = window_width(shape).zip(window_width(GENERATOR));
        let vectors = if preparation.is_portable() { None } else { Ifma::detect().zip(windows) };
        let key = TableMemory::of_key(shape, point)?;
        let prepared = Self {
            key,
            generator: TableMemory::of_generator(GENERATOR)?,
            vectors: vectors.map(|(ifma, (key, generator))| (ifma, key, generator)),
        };
        // What the portable check would refuse is refused here, once.
        prepared.portable()?;
        Ok(prepared)
    }

    pub(super) fn arithmetic(&self) -> Es256Arithmetic {
        if self.vectors.is_some() { Es256Arithmetic::Avx512Ifma } else { Es256Arithmetic::Portable }
    }

    pub(super) fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        let signature = signature.try_into().map_err(|_| SignatureMismatch)?;
        self.check_hash(&Sha256::digest(signing_input).into(), signature)
    }

    pub(super) fn check_hash(&self, hash: &[u8; 32], signature: &[u8; 64]) -> Result<(), SignatureMismatch> {
        let Some((ifma, tables)) = self.vectors() else {
            let key = self.portable().map_err(|_| SignatureMismatch)?;
            return key.verify_hash(hash, signature).map_err(|_| SignatureMismatch);
        };
        let scalars = SignatureScalars::new(signature, hash).ok_or(SignatureMismatch)?;
        if ifma.check(&tables, &scalars) { Ok(()) } else { Err(SignatureMismatch) }
    }

    /// The vector instructions and what they read, where there are any.
    pub(super) fn vectors(&self) -> Option<(Ifma, Tables<'_>)> {
        let (ifma, key, generator) = self.vectors?;
        let generator = Windows { entries: self.generator.entries(), width: generator };
        Some((ifma, Tables { generator, key: Windows { entries: self.key.entries(), width: key } }))
    }

    fn portable(&self) -> Result<PreparedEs256Key<'_>, TableError> {
        PreparedEs256Key::new(self.key.table()?, self.generator.table()?)
    }
}
