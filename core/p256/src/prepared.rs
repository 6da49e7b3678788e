//! ECDSA with P-256 and SHA-256 (FIPS 186-5 §6.4.2) with a prepared public key.

use super::backend::{self, PointSum};
use super::limbs::Words;
use super::point::{Affine, Sum};
use super::recode::{Plan, Table};
use super::scalar::Scalars;
use super::table::{PreparedTable, TableError};
use core::fmt;

/// A P-256 public key with a table of its multiples, for ECDSA with SHA-256.
///
/// The time of a verification depends on the signature, because all its inputs are public. No signature takes more than
/// a fraction longer than others.
#[derive(Clone, Copy)]
pub struct PreparedKey<'t> {
    key: PreparedTable<'t>,
    generator: PreparedTable<'t>,
}

/// The signature does not match the message and the key. The cause is never reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSignature;

impl<'t> PreparedKey<'t> {
    /// Makes a key from its table and the generator's table, which all keys share. The two may have different shapes.
    ///
    /// Only the first entry of the generator's table is checked here; [`PreparedTable::check`] checks every entry.
    ///
    /// # Errors
    /// [`TableError::NotGenerator`] if the second table belongs to another point.
    pub fn new(key: PreparedTable<'t>, generator: PreparedTable<'t>) -> Result<Self, TableError> {
        if generator.point() != Some(Affine::GENERATOR) {
            return Err(TableError::NotGenerator);
        }
        Ok(Self { key, generator })
    }

    /// Returns the public key as `04 ‖ x ‖ y` (SEC 1 §2.3.3).
    pub fn to_sec1(self) -> [u8; 65] {
        self.key.key()
    }

    /// Verifies a signature (r ‖ s, 64 bytes) of a message, which is hashed with SHA-256.
    ///
    /// # Errors
    /// Returns [`InvalidSignature`] for every failure.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        backend::verify_with::<Sum>(self, message, signature)
    }

    /// Verifies a signature (r ‖ s) of a message whose SHA-256 the caller computed.
    ///
    /// # Errors
    /// Returns [`InvalidSignature`] for every failure.
    pub fn verify_hash(&self, hash: &[u8; 32], signature: &[u8; 64]) -> Result<(), InvalidSignature> {
        self.verify_hash_with::<Sum>(hash, signature)
    }

    pub(super) fn verify_hash_with<S: PointSum>(
        &self,
        hash: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), InvalidSignature> {
        let scalars = Scalars::new(signature, hash).ok_or(InvalidSignature)?;
        let mut point = S::INFINITY;
        self.combine(&scalars, &mut point).ok_or(InvalidSignature)?;
        if has_x_modulo_n(&point, &scalars.r) { Ok(()) } else { Err(InvalidSignature) }
    }

    /// Adds u1·G + u2·Q to infinity. Never `None`: every step of a plan is an entry of its table.
    #[cfg_attr(target_os = "none", inline(never))]
    fn combine<S: PointSum>(&self, scalars: &Scalars, sum: &mut S) -> Option<()> {
        let mut plan = Plan::new();
        plan.put(Table::Generator, &self.generator.shape().layout(), &scalars.u1);
        plan.put(Table::Key, &self.key.shape().layout(), &scalars.u2);
        for row in plan.rows() {
            if !sum.is_infinity() {
                sum.double();
            }
            for step in row {
                let table = match step.table {
                    Table::Generator => self.generator.entries(),
                    Table::Key => self.key.entries(),
                };
                sum.add(table.get(usize::from(step.entry))?, step.negative);
            }
        }
        Some(())
    }
}

/// Compares x with r. A function of its own, so that its numbers are not on the stack together with the plan.
#[cfg_attr(target_os = "none", inline(never))]
fn has_x_modulo_n<S: PointSum>(point: &S, r: &Words) -> bool {
    !point.is_infinity() && Sum::of_x(&point.x_and_zz()).has_x_modulo_n(r)
}

impl fmt::Display for InvalidSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid signature")
    }
}

impl core::error::Error for InvalidSignature {}

impl fmt::Debug for PreparedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreparedKey(public)")
    }
}

#[cfg(test)]
mod tests;
