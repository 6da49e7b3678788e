//! The shapes of prepared tables: which multiples of a point a table holds, in which order.

/// The shape of a prepared table, which trades memory for time.
///
/// A key and the generator can have tables of different shapes.
///
/// *Windows* hold the multiple for every signed digit: one addition per digit, no doubling. *Combs* hold odd multiples of a
/// few points with large distances. The two tables share the doublings between these points, and sparse signed digits
/// (width-w NAF) need fewer additions. A comb therefore often uses its memory better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TableShape {
    /// 2 KiB (4 parts, width 5): for chips. 63 doublings, about 43 additions per table.
    Comb2,
    /// 4 KiB (8 parts, width 5): 31 doublings, about 43 additions per table.
    Comb4,
    /// 8 KiB (8 parts, width 6): 31 doublings, about 37 additions per table.
    Comb8,
    /// 16 KiB (16 parts, width 6): 15 doublings, about 37 additions per table.
    Comb16,
    /// 32 KiB (16 parts, width 7): 15 doublings, about 32 additions per table.
    Comb32,
    /// 128 KiB (32 parts, width 8): 7 doublings, about 29 additions per table.
    Comb128,
    /// 32 KiB: 64 windows of 4 bits.
    Windows4,
    /// 52 KiB: 52 windows of 5 bits.
    Windows5,
    /// 86 KiB: 43 windows of 6 bits.
    Windows6,
    /// 256 KiB: 32 windows of 8 bits.
    Windows8,
}

/// The digits of a scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Digits {
    /// One digit for each window: −2^(w−1) < digit ≤ 2^(w−1).
    Windows,
    /// Odd or zero, at most one in w neighbouring positions: |digit| < 2^(w−1).
    Sparse,
}

/// The dimensions of a table.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) digits: Digits,
    /// Bits of a digit, including its sign.
    pub(super) width: u32,
    /// Bits between the points of two neighbouring parts.
    pub(super) spacing: u32,
    pub(super) parts: usize,
    /// Entries in a part: 1, 2, 3, … times its point for windows, 1, 3, 5, … times for combs.
    pub(super) per_part: usize,
}

impl TableShape {
    /// Every shape, by increasing size.
    pub const ALL: &'static [Self] = &[
        Self::Comb2,
        Self::Comb4,
        Self::Comb8,
        Self::Comb16,
        Self::Comb32,
        Self::Windows4,
        Self::Windows5,
        Self::Windows6,
        Self::Comb128,
        Self::Windows8,
    ];

    /// Returns how many entries of 64 bytes a table of this shape has.
    pub const fn entries(self) -> usize {
        let layout = self.layout();
        layout.parts * layout.per_part
    }

    /// Returns the number of the shape in a stored table. It is never changed or reused.
    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Comb2 => 1,
            Self::Comb4 => 2,
            Self::Comb8 => 3,
            Self::Comb32 => 4,
            Self::Comb128 => 5,
            Self::Windows4 => 6,
            Self::Windows5 => 7,
            Self::Windows6 => 8,
            Self::Windows8 => 9,
            Self::Comb16 => 10,
        }
    }

    pub(super) const fn layout(self) -> Layout {
        match self {
            Self::Comb2 => Layout::comb(4, 5),
            Self::Comb4 => Layout::comb(8, 5),
            Self::Comb8 => Layout::comb(8, 6),
            Self::Comb16 => Layout::comb(16, 6),
            Self::Comb32 => Layout::comb(16, 7),
            Self::Comb128 => Layout::comb(32, 8),
            Self::Windows4 => Layout::windows(4),
            Self::Windows5 => Layout::windows(5),
            Self::Windows6 => Layout::windows(6),
            Self::Windows8 => Layout::windows(8),
        }
    }
}

impl Layout {
    const fn windows(width: u32) -> Self {
        let parts = 256_usize.div_ceil(width as usize);
        Self { digits: Digits::Windows, width, spacing: width, parts, per_part: 1 << (width - 1) }
    }

    const fn comb(parts: u32, width: u32) -> Self {
        let spacing = 256 / parts;
        Self { digits: Digits::Sparse, width, spacing, parts: parts as usize, per_part: 1 << (width - 2) }
    }
}
