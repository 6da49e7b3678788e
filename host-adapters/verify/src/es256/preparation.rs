//! When ES256 keys are prepared, and with how much memory.

use glowband_core::TableShape;

/// When the tables of an ES256 key are computed, and their shape.
///
/// A prepared key verifies signatures several times as fast. Preparing it takes the time of about twenty verifications, and
/// its table 86 KiB of memory by default. All keys of the process share the generator's table of 256 KiB. The tables of one
/// key set take at most 8 MiB; further keys are not prepared.
///
/// ```
/// use glowband_core::TableShape;
/// use glowband_verify::{KeyReader, Preparation};
///
/// // Many keys, each seldom used: less memory, and only for keys that are used repeatedly.
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
    /// Prepares keys in the background as soon as they are read: the default. A key is usable before it is prepared.
    pub const fn at_load() -> Self {
        Self { when: When::AtLoad, shape: TableShape::Windows6, portable: false }
    }

    /// Prepares a key in the background after this many uses. 0 means 1.
    pub const fn after_uses(uses: u32) -> Self {
        Self { when: When::AfterUses(uses), ..Self::at_load() }
    }

    /// Prepares a key only by [`HostEs256Key::prepare`](crate::HostEs256Key::prepare).
    pub const fn never() -> Self {
        Self { when: When::Never, ..Self::at_load() }
    }

    /// Sets the shape of the tables, which trades memory for time. The default is [`TableShape::Windows6`].
    ///
    /// Vector instructions need windows. With a comb, the portable code verifies.
    #[must_use]
    pub const fn shape(mut self, shape: TableShape) -> Self {
        self.shape = shape;
        self
    }

    /// Uses the portable code even if the processor has the vector instructions, to compare the two.
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
