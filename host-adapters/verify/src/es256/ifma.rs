//! ES256 by AVX-512 IFMA: one signature spread over the eight lanes of a vector, or eight signatures, one in each lane.
//!
//! The way is the same as without vectors: u1·G + u2·Q is a sum of entries of two tables of windows, one for each digit
//! of the two scalars. Spread out, lane i gathers every eighth of the entries, and the eight sums are added up in three
//! steps; side by side, each lane gathers those of its own signature, whose key has its own table.

// Code with vector instructions is called, which only a processor that has them may run.
#![allow(unsafe_code)]

use super::ifma_entries::{coordinates, expect};
use super::ifma_point::{Addends, Sums};
use crate::processor;
use glowband_core::{TableEntry, TableShape};
use glowband_p256::internals::{SignatureScalars, window_digits};

/// Proves that the processor has the instructions. Only [`detect`](Self::detect) creates it.
#[derive(Clone, Copy)]
pub(super) struct Ifma {
    _detected: (),
}

/// A table of windows.
#[derive(Clone, Copy)]
pub(super) struct Windows<'k> {
    pub(super) entries: &'k [TableEntry],
    /// Bits in a digit: 4 to 8.
    pub(super) width: u32,
}

/// What a signature is checked with.
#[derive(Clone, Copy)]
pub(super) struct Tables<'k> {
    pub(super) generator: Windows<'k>,
    pub(super) key: Windows<'k>,
}

/// Digits of two scalars at most: 64 each, for windows of four bits.
const MOST_DIGITS: usize = 128;
const LANES: usize = 8;
/// How many steps ahead entries are fetched: memory farther away than the nearest cache takes about as long as one.
const AHEAD: usize = 3;

/// Bits in a digit, for the shapes that vectors can use.
pub(super) fn window_width(shape: TableShape) -> Option<u32> {
    match shape {
        TableShape::Windows4 => Some(4),
        TableShape::Windows5 => Some(5),
        TableShape::Windows6 => Some(6),
        TableShape::Windows8 => Some(8),
        _ => None,
    }
}

impl Ifma {
    /// Looks at the processor, and at whether the operating system keeps its registers.
    pub(super) fn detect() -> Option<Self> {
        processor::has_ifma().then_some(Self { _detected: () })
    }

    /// Whether u1·G + u2·Q has x = r modulo n.
    pub(super) fn check(self, tables: &Tables<'_>, scalars: &SignatureScalars) -> bool {
        // SAFETY: `self` proves that the processor has the instructions of the callee.
        unsafe { check_spread(tables, scalars) }
    }

    /// The same for up to eight signatures at once, each with tables of its own. Lanes without one give false.
    pub(super) fn check_eight(self, lanes: &[Option<(Tables<'_>, SignatureScalars)>; LANES]) -> [bool; LANES] {
        // SAFETY: `self` proves that the processor has the instructions of the callee.
        let genuine = unsafe { check_side_by_side(lanes) };
        std::array::from_fn(|lane| genuine >> lane & 1 == 1)
    }
}

/// What the lanes add in one step.
#[derive(Clone, Copy)]
struct Row<'k> {
    entries: [&'k TableEntry; LANES],
    negative: u8,
    present: u8,
}

/// Stands where nothing is added.
const NOTHING: &TableEntry = &[0; 64];

/// Every step of all lanes.
struct Plan<'k, const ROWS: usize> {
    rows: [Row<'k>; ROWS],
    used: usize,
}

impl<'k, const ROWS: usize> Plan<'k, ROWS> {
    #[inline(always)]
    fn new() -> Self {
        Self { rows: [Row { entries: [NOTHING; LANES], negative: 0, present: 0 }; ROWS], used: 0 }
    }

    /// Puts the entries for u1 and u2 where `place` says: which row and which lane the entry of each digit goes to.
    #[inline(always)]
    fn put(&mut self, tables: &Tables<'k>, scalars: &SignatureScalars, place: impl Fn(usize) -> (usize, usize)) {
        let mut first = 0;
        for (table, scalar) in [(tables.generator, &scalars.u1), (tables.key, &scalars.u2)] {
            let mut digits = [0; MOST_DIGITS / 2];
            window_digits(scalar, table.width, &mut digits);
            let count = 256_u32.div_ceil(table.width) as usize;
            for (at, digit) in digits.iter().take(count).enumerate() {
                // Digit 0 adds nothing; the entry that stands there then is not looked at.
                let entry = (at << (table.width - 1)) + usize::from(digit.unsigned_abs());
                let (row, lane) = place(first + at);
                let Some(row) = self.rows.get_mut(row) else { continue };
                row.entries[lane] = table.entries.get(entry.wrapping_sub(1)).unwrap_or(NOTHING);
                row.negative |= u8::from(*digit < 0) << lane;
                row.present |= u8::from(*digit != 0) << lane;
            }
            first += count;
        }
        self.used = self.used.max(place(first - 1).0 + 1);
    }

    /// The sums of all rows.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma,avx512vbmi2")]
    fn sums(&self) -> Option<Sums> {
        let (first, rest) = self.rows.get(..self.used)?.split_first()?;
        rest.iter().take(AHEAD).for_each(Row::expect);
        let mut sums = Sums::of(&first.addends());
        for (at, row) in rest.iter().enumerate() {
            if let Some(later) = rest.get(at + AHEAD) {
                later.expect();
            }
            sums.add(&row.addends());
        }
        Some(sums)
    }
}

impl Row<'_> {
    #[inline(always)]
    fn expect(&self) {
        self.entries.iter().for_each(|entry| expect(entry));
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma,avx512vbmi2")]
    fn addends(&self) -> Addends {
        let (x, y) = coordinates(&self.entries);
        Addends { x, y, negative: self.negative, present: self.present }
    }
}

#[target_feature(enable = "avx512f,avx512ifma,avx512vbmi2")]
fn check_spread(tables: &Tables<'_>, scalars: &SignatureScalars) -> bool {
    let mut plan = Plan::<{ MOST_DIGITS / LANES }>::new();
    plan.put(tables, scalars, |digit| (digit / LANES, digit % LANES));
    let Some(mut sums) = plan.sums() else { return false };
    sums.add_swapped::<4>();
    sums.add_swapped::<2>();
    sums.add_swapped::<1>();
    sums.have_x_modulo_n(&[scalars.r; LANES]) & 1 == 1
}

#[target_feature(enable = "avx512f,avx512ifma,avx512vbmi2")]
fn check_side_by_side(lanes: &[Option<(Tables<'_>, SignatureScalars)>; LANES]) -> u8 {
    let mut plan = Plan::<MOST_DIGITS>::new();
    let mut r = [[0; 4]; LANES];
    let mut present = 0;
    for (at, (lane, r)) in lanes.iter().zip(&mut r).enumerate() {
        if let Some((tables, scalars)) = lane {
            plan.put(tables, scalars, |digit| (digit, at));
            *r = scalars.r;
            present |= 1 << at;
        }
    }
    plan.sums().map_or(0, |sums| sums.have_x_modulo_n(&r) & present)
}
