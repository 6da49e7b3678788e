//! Scalars as signed digits, and the order in which the entries of two tables are added.

// Digits have at most eight bits, tables at most 4 096 entries.
#![allow(clippy::cast_possible_truncation)]

use super::limbs::{Limb, Words};
use super::number;
use super::scalar;
use super::shape::{Digits, Layout};

/// The positions of a comb are added in rows, with a doubling between two rows. All windows are in one row.
const MAX_ROWS: usize = 64;
/// Two scalars of at most 64 digits each.
const MAX_STEPS: usize = 128;

/// Which table an entry is from.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) enum Table {
    Generator,
    Key,
}

/// One addition.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Step {
    pub(super) entry: u16,
    pub(super) table: Table,
    pub(super) negative: bool,
}

/// A step has two bytes, because the stack of a chip is small: the entry, and a bit for the table and for the sign.
const OF_THE_KEY: u16 = 1 << 14;
const NEGATIVE: u16 = 1 << 15;

/// The additions, row by row.
pub(super) struct Plan {
    /// The first step of each row, counted from one; none is 0.
    heads: [u8; MAX_ROWS],
    steps: [u16; MAX_STEPS],
    /// The step after each in its row, counted from one; none is 0.
    after: [u8; MAX_STEPS],
    used: u8,
    rows: usize,
}

impl Plan {
    pub(super) const fn new() -> Self {
        Self { heads: [0; MAX_ROWS], steps: [0; MAX_STEPS], after: [0; MAX_STEPS], used: 0, rows: 0 }
    }

    /// Adds scalar · point of the table to the plan. The scalar is below n.
    pub(super) fn put(&mut self, table: Table, layout: &Layout, scalar: &Words) {
        // The smaller of k and n − k leaves no carry after the highest digit.
        let (scalar, opposite) = scalar::folded(scalar);
        match layout.digits {
            Digits::Windows => {
                self.rows = self.rows.max(1);
                let mut first = 0;
                windows(&scalar, layout.width, |digit| {
                    if digit != 0 {
                        self.push(0, first + digit.unsigned_abs() - 1, table, opposite != (digit < 0));
                    }
                    first += layout.per_part as u16;
                });
            }
            Digits::Sparse => {
                self.rows = self.rows.max(layout.spacing as usize);
                // The spacing of a comb is a power of two. A division would need a check for zero.
                let shift = layout.spacing.trailing_zeros();
                sparse(&scalar, layout.width, |position, digit| {
                    let first = (position >> shift) as u16 * layout.per_part as u16;
                    let entry = first + digit.unsigned_abs() / 2;
                    let row = position & (layout.spacing - 1);
                    self.push(row as usize, entry, table, opposite != (digit < 0));
                });
            }
        }
    }

    /// Returns the steps of each row, the highest row first.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.heads.iter().take(self.rows).rev().map(|head| Row { plan: self, next: *head })
    }

    fn push(&mut self, row: usize, entry: u16, table: Table, negative: bool) {
        let at = usize::from(self.used);
        let places = (self.heads.get_mut(row), self.steps.get_mut(at), self.after.get_mut(at));
        let (Some(head), Some(step), Some(after)) = places else { return };
        let of_the_key = if table == Table::Key { OF_THE_KEY } else { 0 };
        *step = entry | of_the_key | if negative { NEGATIVE } else { 0 };
        *after = *head;
        self.used += 1;
        *head = self.used;
    }
}

/// The steps of one row, in any order.
pub(super) struct Row<'p> {
    plan: &'p Plan,
    next: u8,
}

impl Iterator for Row<'_> {
    type Item = Step;

    #[inline(always)]
    fn next(&mut self) -> Option<Step> {
        let at = usize::from(self.next).wrapping_sub(1);
        let step = *self.plan.steps.get(at)?;
        self.next = *self.plan.after.get(at)?;
        Some(Step {
            entry: step & !(OF_THE_KEY | NEGATIVE),
            table: if step & OF_THE_KEY == 0 { Table::Generator } else { Table::Key },
            negative: step & NEGATIVE != 0,
        })
    }
}

/// Computes the digits of a scalar below n/2 in windows of `width` bits, lowest first: −2^(w−1) < digit ≤ 2^(w−1).
#[inline(always)]
fn windows(scalar: &Words, width: u32, mut each: impl FnMut(i16)) {
    let half = 1 << (width - 1);
    let mut carry = 0;
    let mut from = 0;
    while from < 256 {
        let bits = (number::bits(scalar, from) & ((1 << width) - 1)) as i16;
        let digit = bits + carry;
        carry = i16::from(digit > half);
        each(digit - (carry << width));
        from += width;
    }
}

/// Computes the nonzero digits of a scalar below n/2, with their positions, lowest first. They are odd, |digit| < 2^(w−1),
/// and at least w − 1 zeros follow each.
#[inline(always)]
fn sparse(scalar: &Words, width: u32, mut each: impl FnMut(u32, i16)) {
    let mut carry = 0;
    let mut from = 0;
    while from < 256 {
        // A carry turns one bits into zeros and continues.
        let ahead = number::bits(scalar, from) ^ (0 as Limb).wrapping_sub(carry);
        if ahead & 1 == 0 {
            from += (ahead | 1 << (Limb::BITS - 1)).trailing_zeros();
            continue;
        }
        let bits = (number::bits(scalar, from) & ((1 << width) - 1)) + carry;
        carry = bits >> (width - 1);
        each(from, bits as i16 - ((carry as i16) << width));
        from += width;
    }
}

#[cfg(test)]
mod tests;
