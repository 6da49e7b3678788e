//! Numbers that equal names share, and others seldom.

/// The tag that this machine computes.
#[cfg(not(target_os = "none"))]
pub(super) use Wide as Tag;

#[cfg(target_os = "none")]
pub(super) use Small as Tag;

/// A tag that takes eight bytes at a time, each of which changes the highest bits.
#[cfg(not(target_os = "none"))]
#[derive(Clone, Copy)]
pub(super) struct Wide(u64);

#[cfg(not(target_os = "none"))]
impl Wide {
    #[inline]
    pub(super) fn of(length: usize) -> Self {
        Self(length as u64)
    }

    #[inline]
    pub(super) fn with(self, eight: u64) -> Self {
        let mixed = (self.0 ^ eight).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(mixed ^ mixed >> 32)
    }

    /// The sixteen highest bits. A product carries upwards: its lowest bits know nothing of the last bytes of a word,
    /// where numbered names differ.
    #[inline]
    pub(super) fn short(self) -> u16 {
        let [.., low, high] = self.0.to_le_bytes();
        u16::from_le_bytes([low, high])
    }
}

/// The same by multiplications of 32 bits, for machines without larger ones.
#[cfg(any(target_os = "none", test))]
#[derive(Clone, Copy)]
pub(super) struct Small(u32);

#[cfg(any(target_os = "none", test))]
impl Small {
    #[inline]
    pub(super) fn of(length: usize) -> Self {
        Self(0).with_length(length)
    }

    /// The tag of a name whose bytes behind the eighth were taken in by `with_byte`; those before follow by `with`.
    #[inline]
    pub(super) fn with_length(self, length: usize) -> Self {
        // A document has up to 64 KiB.
        Self(self.0 ^ length as u32)
    }

    #[inline]
    pub(super) fn with_byte(self, byte: u8) -> Self {
        self.with_four(u32::from(byte))
    }

    #[inline]
    pub(super) fn with(self, eight: u64) -> Self {
        let [a, b, c, d, e, f, g, h] = eight.to_le_bytes();
        self.with_four(u32::from_le_bytes([a, b, c, d])).with_four(u32::from_le_bytes([e, f, g, h]))
    }

    #[inline]
    fn with_four(self, four: u32) -> Self {
        let mixed = (self.0 ^ four).wrapping_mul(0x9e37_79b1);
        Self(mixed ^ mixed >> 16)
    }

    /// The sixteen highest bits.
    #[inline]
    pub(super) fn short(self) -> u16 {
        let [.., low, high] = self.0.to_le_bytes();
        u16::from_le_bytes([low, high])
    }
}
