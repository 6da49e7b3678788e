//! Limits of the work that one token can cause. Each has its own refusal.

/// The longest JSON text of a header, a claims set or a JWK, in bytes.
pub const MAX_JSON: usize = u16::MAX as usize;
/// The deepest nesting of JSON: how many brackets can be open at once.
pub const MAX_NESTING: u8 = 16;
/// How many members the objects that are open at once can have together, if the caller provides no
/// [`NameSlot`](crate::NameSlot)s.
pub const MEMBERS_WITHOUT_SLOTS: usize = 128;
/// The largest number of keys that can be tried for one token.
pub const MAX_KEYS_TRIED: u8 = 16;

/// Limits of the work that one token can cause. The default is meant for chips: 16 KiB of token, nesting 16, 128 members, four keys.
///
/// ```
/// use glowband_core::Limits;
///
/// const LIMITS: Limits = Limits::DEFAULT.token_bytes(64 * 1024).member_count(10_000).keys_tried(16);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    token_bytes: usize,
    members: u16,
    nesting: u8,
    keys: u8,
}

impl Limits {
    /// 16 KiB of token, nesting 16, 128 members, four keys.
    pub const DEFAULT: Self = Self { token_bytes: 16 * 1024, members: 128, nesting: MAX_NESTING, keys: 4 };

    /// Sets the longest token, in bytes. JSON claims never exceed [`MAX_JSON`] bytes; other
    /// payloads can.
    #[must_use]
    pub const fn token_bytes(mut self, bytes: usize) -> Self {
        self.token_bytes = bytes;
        self
    }

    /// Sets the deepest nesting of the claims, 1 to [`MAX_NESTING`]. A larger value means [`MAX_NESTING`].
    #[must_use]
    pub const fn nesting_depth(mut self, depth: u8) -> Self {
        self.nesting = if depth < MAX_NESTING { depth } else { MAX_NESTING };
        self
    }

    /// Sets how many members the claims can have, including nested ones.
    ///
    /// Names are kept in memory to find duplicates: without slots from the caller, objects that are open at once can have
    /// only [`MEMBERS_WITHOUT_SLOTS`] members together. To allow more, provide slots: [`SignatureVerified::validate_with_slots`](crate::SignatureVerified::validate_with_slots). A header is always read without
    /// slots.
    #[must_use]
    pub const fn member_count(mut self, count: u16) -> Self {
        self.members = count;
        self
    }

    /// Sets how many keys can be tried for one token, 1 to [`MAX_KEYS_TRIED`]. Other values mean the nearest of these.
    #[must_use]
    pub const fn keys_tried(mut self, count: u8) -> Self {
        self.keys = match count {
            0 => 1,
            1..MAX_KEYS_TRIED => count,
            _ => MAX_KEYS_TRIED,
        };
        self
    }

    /// Returns the longest token, in bytes.
    pub const fn token_limit(&self) -> usize {
        self.token_bytes
    }

    /// Returns the deepest nesting.
    pub const fn nesting_limit(&self) -> u8 {
        self.nesting
    }

    /// Returns the largest number of members.
    pub const fn member_limit(&self) -> u16 {
        self.members
    }

    /// Returns the largest number of keys that are tried.
    pub const fn key_limit(&self) -> u8 {
        self.keys
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_what_was_set_up_to_their_ceilings() {
        let limits = Limits::default();
        assert_eq!(
            (limits.token_limit(), limits.nesting_limit(), limits.member_limit()),
            (16 * 1024, MAX_NESTING, 128)
        );
        assert_eq!(limits.key_limit(), 4);
        for (asked, nesting) in [(1, 1), (15, 15), (16, 16), (17, 16), (127, 16), (255, 16)] {
            assert_eq!(limits.nesting_depth(asked).nesting_limit(), nesting, "{asked}");
        }
        for (asked, keys) in [(0, 1), (1, 1), (4, 4), (15, 15), (16, 16), (17, 16), (255, 16)] {
            assert_eq!(limits.keys_tried(asked).key_limit(), keys, "{asked}");
        }
        for members in [1, 127, 128, 129, 4096, u16::MAX] {
            assert_eq!(limits.member_count(members).member_limit(), members);
        }
        assert_eq!(limits.token_bytes(100_000).token_limit(), 100_000);
    }
}
