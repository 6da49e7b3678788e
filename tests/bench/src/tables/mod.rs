//! What is measured, a file for each kind of table. Each function measures, and prints a line for each figure.

pub mod alone;
pub mod cache;
pub mod complete;
pub mod hs256_batch;
pub mod many_keys;

use glowband_bench::tokens::Sample;
use glowband_core::{TableShape, UnixSeconds};
use glowband_verify::{Es256Arithmetic, HostEs256Key, Preparation};

/// Tokens, one after the other without end: whatever a processor learns from one, it has to learn for many.
pub struct Turns<'t> {
    tokens: &'t [Sample],
    at: usize,
}

impl<'t> Turns<'t> {
    pub const fn of(tokens: &'t [Sample]) -> Self {
        Self { tokens, at: 0 }
    }

    pub fn next(&mut self) -> &'t str {
        self.at = (self.at + 1) % self.tokens.len();
        &self.tokens[self.at].token
    }
}

/// A time at which all of them are valid.
pub fn now_for(tokens: &[Sample]) -> UnixSeconds {
    UnixSeconds(tokens.iter().map(|sample| sample.now).max().expect("there are tokens"))
}

/// A prepared key; with tables of this shape.
pub fn prepared(point: &[u8], preparation: Preparation) -> HostEs256Key {
    let key = HostEs256Key::new(point, preparation).expect("the point is on the curve");
    key.prepare();
    key
}

/// The same by vector instructions, where there are any.
pub fn vectors(point: &[u8], shape: TableShape) -> Option<HostEs256Key> {
    let key = prepared(point, Preparation::never().shape(shape));
    (key.arithmetic() == Es256Arithmetic::Avx512Ifma).then_some(key)
}
