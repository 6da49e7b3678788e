//! ES256 by AVX-512 IFMA: one signature spread over the eight lanes of a vector, or eight signatures, one in each lane.
//!
//! The way is the same as without vectors: u1·G + u2·Q is a sum of entries of two tables of windows, one for each digit
//! of the two scalars. Spread out, lane i gathers every eighth of the entries, and the eight sums are added up in three
//! steps; side by side, each lane gathers those of its own signature, whose key has its own table.

// Code with vector instructions is called, which only a processor that has them may run.
#![allow(unsafe_code)]

use super::ifma_field::coordinates;
use super::ifma_point::{Addends, Sums};
use glowband_core::p256::backend::{SignatureScalars, window_digits};
use glowband_core::{TableEntry, TableShape};

/// Proof that the processor has the instructions: there is none without [`detect`](Self::detect).
#[derive(Clone, Copy)]
pub(super) struct Ifma {
    _detected: (),
}

/// The entries of two tables of windows, of the same shape.
#[derive(Clone, Copy)]
pub(super) struct Windows<'k> {
    pub(super) generator: &'k [TableEntry],
    pub(super) key: &'k [TableEntry],
    /// Bits in a digit: 4 to 8.
    pub(super) width: u32,
}

/// Digits of two scalars at most: 64 each, for windows of four bits.
const MOST_DIGITS: usize = 128;
const LANES: usize = 8;

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
        let has_all = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
        has_all.then_some(Self { _detected: () })
    }

    /// Whether u1·G + u2·Q has x = r modulo n.
    pub(super) fn check(self, windows: &Windows<'_>, scalars: &SignatureScalars) -> bool {
        // SAFETY: `self` proves that the processor has the instructions of the callee.
        unsafe { check_spread(windows, scalars) }
    }

    /// The same for up to eight signatures at once, whose windows have the same width. Lanes without one give false.
    pub(super) fn check_eight(self, lanes: &[Option<(Windows<'_>, SignatureScalars)>; LANES]) -> [bool; LANES] {
        // SAFETY: `self` proves that the processor has the instructions of the callee.
        let genuine = unsafe { check_side_by_side(lanes) };
        std::array::from_fn(|lane| genuine >> lane & 1 == 1)
    }
}

/// The digits of u1 and u2, and where their entries are.
struct Plan {
    digits: [i16; MOST_DIGITS],
    /// Digits of one scalar.
    count: usize,
    /// Entries in one window.
    per_window: usize,
}

impl Plan {
    const EMPTY: Self = Self { digits: [0; MOST_DIGITS], count: 0, per_window: 0 };

    fn new(width: u32, scalars: &SignatureScalars) -> Self {
        let count = 256_u32.div_ceil(width) as usize;
        let mut plan = Self { digits: [0; MOST_DIGITS], count, per_window: 1 << (width - 1) };
        let (first, rest) = plan.digits.split_at_mut(count);
        window_digits(&scalars.u1, width, first);
        window_digits(&scalars.u2, width, &mut rest[..count]);
        plan
    }

    /// The entry for digit `at` of both scalars, and the digit.
    #[inline(always)]
    fn step<'k>(&self, windows: &Windows<'k>, at: usize) -> Option<(&'k TableEntry, i16)> {
        let digit = self.digits[at];
        let (table, window) =
            if at < self.count { (windows.generator, at) } else { (windows.key, at.wrapping_sub(self.count)) };
        // For digit 0 any entry does, as it is not added.
        let entry = window * self.per_window + usize::from(digit.unsigned_abs()).saturating_sub(1);
        table.get(entry).map(|entry| (entry, digit))
    }
}

/// What the lanes add in one step.
struct Row<'k> {
    entries: [&'k TableEntry; LANES],
    negative: u8,
    present: u8,
}

impl<'k> Row<'k> {
    /// Of the steps that the lanes have; lanes without one add nothing.
    #[inline(always)]
    fn of(mut step: impl FnMut(usize) -> Option<(&'k TableEntry, i16)>) -> Self {
        let mut row = Self { entries: [NOTHING; LANES], negative: 0, present: 0 };
        for (lane, place) in row.entries.iter_mut().enumerate() {
            if let Some((entry, digit)) = step(lane) {
                *place = entry;
                row.negative |= u8::from(digit < 0) << lane;
                row.present |= u8::from(digit != 0) << lane;
            }
        }
        row
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn addends(&self) -> Addends {
        let (x, y) = coordinates(&self.entries);
        Addends { x, y, negative: self.negative, present: self.present }
    }
}

/// Stands where nothing is added.
const NOTHING: &TableEntry = &[0; 64];

#[target_feature(enable = "avx512f,avx512ifma")]
fn check_spread(windows: &Windows<'_>, scalars: &SignatureScalars) -> bool {
    let plan = Plan::new(windows.width, scalars);
    let digits = 2 * plan.count;
    let row =
        |first: usize| Row::of(|lane| if first + lane < digits { plan.step(windows, first + lane) } else { None });
    let mut sums = Sums::of(&row(0).addends());
    for first in (LANES..digits).step_by(LANES) {
        sums.add(&row(first).addends());
    }
    sums.add_swapped::<4>();
    sums.add_swapped::<2>();
    sums.add_swapped::<1>();
    sums.have_x_modulo_n(&[scalars.r; LANES]) & 1 == 1
}

#[target_feature(enable = "avx512f,avx512ifma")]
fn check_side_by_side(lanes: &[Option<(Windows<'_>, SignatureScalars)>; LANES]) -> u8 {
    let mut plans = [Plan::EMPTY; LANES];
    let mut r = [[0; 4]; LANES];
    let mut present = 0;
    let mut digits = 0;
    for (at, (lane, (plan, r))) in lanes.iter().zip(plans.iter_mut().zip(&mut r)).enumerate() {
        if let Some((windows, scalars)) = lane {
            *plan = Plan::new(windows.width, scalars);
            *r = scalars.r;
            present |= 1 << at;
            digits = digits.max(2 * plan.count);
        }
    }
    let row = |at: usize| {
        Row::of(|lane| {
            let (windows, _) = lanes[lane].as_ref()?;
            plans[lane].step(windows, at)
        })
    };
    let mut sums = Sums::of(&row(0).addends());
    for at in 1..digits {
        sums.add(&row(at).addends());
    }
    sums.have_x_modulo_n(&r) & present
}
