//! Numbers modulo p, changed in place: a copy costs a tenth of a product.

use crate::chosen;

/// In Montgomery's form, below p, so that two numbers are equal when their words are.
#[derive(Clone, Copy)]
pub(crate) struct FieldElement([u32; 8]);

impl FieldElement {
    pub(crate) const ZERO: Self = Self([0; 8]);
    /// 2^256 mod p.
    pub(crate) const ONE: Self = Self([1, 0, 0, !0, !0, !0, 0xffff_fffe, 0]);

    /// From the bytes of a table, lowest first.
    #[inline(always)]
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut words = [0; 8];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        Self(words)
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.0) {
            *place = word.to_le_bytes();
        }
        bytes
    }

    #[inline(always)]
    pub(crate) fn is_zero(&self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    #[inline(always)]
    pub(crate) fn product(a: &Self, b: &Self) -> Self {
        Self(chosen::product(&a.0, &b.0))
    }

    #[inline(always)]
    pub(crate) fn multiply(&mut self, by: &Self) {
        chosen::multiply(&mut self.0, &by.0);
    }

    #[inline(always)]
    pub(crate) fn square(&mut self) {
        chosen::square(&mut self.0);
    }

    #[inline(always)]
    pub(crate) fn add(&mut self, other: &Self) {
        chosen::add(&mut self.0, &other.0);
    }

    #[inline(always)]
    pub(crate) fn subtract(&mut self, other: &Self) {
        chosen::subtract(&mut self.0, &other.0);
    }

    /// other − self, in place of self.
    #[inline(always)]
    pub(crate) fn subtract_from(&mut self, other: &Self) {
        chosen::subtract_from(&mut self.0, &other.0);
    }
}
