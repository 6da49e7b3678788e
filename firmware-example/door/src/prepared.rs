//! A public key with its table in memory, the generator's in flash.

use crate::denial::Denial;
use glowband_core::{
    PreparedEs256Key, PreparedTable, Refusal, SignatureCheck, SignatureMismatch, TableEntry, TableShape,
};

/// 4 KiB for each key; the fastest for its size.
const SHAPE: TableShape = TableShape::Comb4;

/// Made by `build.rs`.
static GENERATOR: &[TableEntry] = include_bytes!(concat!(env!("OUT_DIR"), "/generator.table")).as_chunks().0;

/// The table of one key, or of none.
pub(crate) struct PreparedPoint {
    table: [TableEntry; SHAPE.entries()],
}

impl PreparedPoint {
    /// Verifies nothing until it is prepared: no multiple in it is a point.
    pub(crate) const fn new() -> Self {
        Self { table: [[0; 64]; SHAPE.entries()] }
    }

    /// Computes the table of a public key, which is checked to be on the curve.
    pub(crate) fn prepare(&mut self, point: &[u8; 65]) -> Result<(), Denial> {
        PreparedTable::build(SHAPE, point, &mut self.table).map(drop).map_err(|_| Refusal::PointInvalid.into())
    }

    pub(crate) fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        let key = PreparedTable::trusted(SHAPE, &self.table).map_err(|_| SignatureMismatch)?;
        let generator = PreparedTable::trusted(SHAPE, GENERATOR).map_err(|_| SignatureMismatch)?;
        let key = PreparedEs256Key::new(key, generator).map_err(|_| SignatureMismatch)?;
        #[cfg(feature = "umaal")]
        let key = p256_umaal::UmaalEs256Key(key);
        key.check(signing_input, signature)
    }
}
