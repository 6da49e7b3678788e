//! How a prepared table is laid out: which multiples of its point it holds, in which order.

/// The form of a prepared table: memory against time.
///
/// A table of one shape can be used together with a generator table of any other.
///
/// *Windows* hold every multiple that a signed digit can ask for: one addition per digit, no doubling. *Combs* hold odd
/// multiples of a few points that lie far apart; the doublings between are shared by the two tables, and the sparse
/// signed digits (width-w NAF) need fewer additions, so that a comb is often the better use of memory.
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

/// Which digits a scalar is cut into.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Digits {
    /// One for each window: −2^(w−1) < digit ≤ 2^(w−1).
    Windows,
    /// Odd or zero, at most one in w neighbouring positions: |digit| < 2^(w−1).
    Sparse,
}

/// The numbers behind a shape.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) digits: Digits,
    /// Bits in a digit, the sign among them.
    pub(super) width: u32,
    /// Bits between the points of two neighbouring parts.
    pub(super) spacing: u32,
    pub(super) parts: usize,
    /// Entries in a part: 1, 2, 3, … times its point for windows, 1, 3, 5, … times for combs.
    pub(super) per_part: usize,
}

impl TableShape {
    /// Every shape, by rising size.
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

    /// How many entries of 64 bytes a table of this shape has.
    pub const fn entries(self) -> usize {
        let layout = self.layout();
        layout.parts * layout.per_part
    }

    /// The shape's number in a stored table. Never changed or reused.
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
