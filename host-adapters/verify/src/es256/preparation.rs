//! The setting: when ES256 keys are prepared, and with how much memory.

use glowband_core::TableShape;

/// When an ES256 key gets its tables, and of which shape.
///
/// A prepared key checks signatures several times as fast, costs about as much as twenty checks to prepare, and keeps
/// its table in memory: 86 KiB by default. The generator's table, 256 KiB, is there once for all keys of the process. The
/// tables of one key set take 8 MiB at most; keys beyond that are used as they are.
///
/// ```
/// use glowband_core::TableShape;
/// use glowband_verify::{KeyReader, Preparation};
///
/// // Many keys, each seldom used: half the memory, and only for those that come again.
/// let reader = KeyReader::new().prepare(Preparation::after_uses(100).shape(TableShape::Windows5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preparation {
    when: When,
    shape: TableShape,
    portable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    AtLoad,
    AfterUses(u32),
    Never,
}

impl Preparation {
    /// In the background, as soon as the keys are read: the default. Until a key is prepared, it is used as it is.
    pub const fn at_load() -> Self {
        Self { when: When::AtLoad, shape: TableShape::Windows6, portable: false }
    }

    /// In the background, once a key was asked this often. 0 is as 1.
    pub const fn after_uses(uses: u32) -> Self {
        Self { when: When::AfterUses(uses), ..Self::at_load() }
    }

    /// Not at all, but for the call of [`HostEs256Key::prepare`](crate::HostEs256Key::prepare).
    pub const fn never() -> Self {
        Self { when: When::Never, ..Self::at_load() }
    }

    /// Takes tables of this shape: memory against time. The default is [`TableShape::Windows6`].
    ///
    /// Only windows can be used by vector instructions; with a comb, the portable code checks.
    #[must_use]
    pub const fn shape(mut self, shape: TableShape) -> Self {
        self.shape = shape;
        self
    }

    /// Uses the portable code even where the processor has the vector instructions: to compare the two.
    #[must_use]
    pub const fn portable(mut self) -> Self {
        self.portable = true;
        self
    }

    pub(super) const fn when(&self) -> When {
        self.when
    }

    pub(super) const fn table_shape(&self) -> TableShape {
        self.shape
    }

    pub(super) const fn is_portable(&self) -> bool {
        self.portable
    }
}

impl Default for Preparation {
    fn default() -> Self {
        Self::at_load()
    }
}
