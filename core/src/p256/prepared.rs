//! ECDSA with P-256 and SHA-256 (FIPS 186-5 §6.4.2, RFC 7518 §3.4) against a public key that was prepared.

use super::backend::{self, PointSum};
use super::limbs::Words;
use super::point::{Affine, Sum};
use super::recode::{Plan, Table};
use super::scalar::Scalars;
use super::table::{PreparedTable, TableError};
use crate::alg::{Algorithm, SignatureCheck, SignatureMismatch};
use core::fmt;

/// A public key for `ES256` with a table of its multiples: several times as fast as `Es256Key`.
///
/// The time of a check depends on the signature, as everything in it is public, but no signature takes more than a
/// fraction longer than others.
#[derive(Clone, Copy)]
pub struct PreparedEs256Key<'t> {
    key: PreparedTable<'t>,
    generator: PreparedTable<'t>,
}

impl<'t> PreparedEs256Key<'t> {
    /// A key from its table and that of the generator, which all keys share. The two may have different shapes.
    ///
    /// Only the generator table's first entry is looked at here; see [`PreparedTable::check`] for all of them.
    ///
    /// # Errors
    /// [`TableError::NotGenerator`] if the second table is one of another point.
    pub fn new(key: PreparedTable<'t>, generator: PreparedTable<'t>) -> Result<Self, TableError> {
        if generator.point() != Some(Affine::GENERATOR) {
            return Err(TableError::NotGenerator);
        }
        Ok(Self { key, generator })
    }

    /// The public key as `04 ‖ x ‖ y` (SEC 1 §2.3.3).
    pub fn to_sec1(self) -> [u8; 65] {
        self.key.key()
    }

    /// Judges a signature (r ‖ s) over a hash that was computed elsewhere.
    ///
    /// # Errors
    /// [`SignatureMismatch`], whatever the reason.
    pub fn check_hash(&self, hash: &[u8; 32], signature: &[u8; 64]) -> Result<(), SignatureMismatch> {
        self.check_hash_by::<Sum>(hash, signature)
    }

    pub(super) fn check_hash_by<S: PointSum>(
        &self,
        hash: &[u8; 32],
        signature: &[u8; 64],
    ) -> Result<(), SignatureMismatch> {
        let scalars = Scalars::new(signature, hash).ok_or(SignatureMismatch)?;
        let mut point = S::INFINITY;
        self.combine(&scalars, &mut point).ok_or(SignatureMismatch)?;
        if has_x_modulo_n(&point, &scalars.r) { Ok(()) } else { Err(SignatureMismatch) }
    }

    /// Infinity plus u1·G + u2·Q. `None` does not happen: every step of a plan is in the table it was made for.
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

/// A function of its own, so that a chip's stack does not hold its numbers beside the plan.
#[cfg_attr(target_os = "none", inline(never))]
fn has_x_modulo_n<S: PointSum>(point: &S, r: &Words) -> bool {
    !point.is_infinity() && Sum::of_x(&point.x_and_zz()).has_x_modulo_n(r)
}

impl SignatureCheck for PreparedEs256Key<'_> {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        backend::check::<Sum>(self, signing_input, signature)
    }
}

impl fmt::Debug for PreparedEs256Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreparedEs256Key(public)")
    }
}

#[cfg(test)]
#[path = "tests/prepared.rs"]
mod tests;
