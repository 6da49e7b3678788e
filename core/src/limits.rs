//! Ceilings that are spent down; running out of one is a refusal of its own.

/// The longest JSON text of a header, a claims set or a JWK, in bytes.
pub const MAX_JSON: usize = u16::MAX as usize;
/// The most brackets that may be open at once.
pub const MAX_NESTING: u8 = 16;
/// The most object members in one JSON text, nested ones included.
pub const MAX_MEMBERS: u8 = 128;
/// The most keys whose signature is computed for one token.
pub const MAX_KEYS_TRIED: usize = 4;

/// How much work one token may cause. Each limit can be lowered; the token's length can also be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    token_bytes: usize,
    nesting: u8,
    members: u8,
}

impl Limits {
    /// 16 KiB of token, nesting 16, members 128.
    pub const DEFAULT: Self = Self { token_bytes: 16 * 1024, nesting: MAX_NESTING, members: MAX_MEMBERS };

    /// The longest token, in bytes. Claims cannot exceed [`MAX_JSON`] bytes whatever is set here; a payload that is
    /// not JSON can.
    #[must_use]
    pub const fn token_bytes(mut self, bytes: usize) -> Self {
        self.token_bytes = bytes;
        self
    }

    /// The deepest nesting of the claims, 1 to [`MAX_NESTING`]; a value above that means that one.
    #[must_use]
    pub const fn nesting_depth(mut self, depth: u8) -> Self {
        self.nesting = if depth < MAX_NESTING { depth } else { MAX_NESTING };
        self
    }

    /// The most members of the claims, 1 to [`MAX_MEMBERS`]; a value above that means that one.
    #[must_use]
    pub const fn member_count(mut self, count: u8) -> Self {
        self.members = if count < MAX_MEMBERS { count } else { MAX_MEMBERS };
        self
    }

    /// The longest token in force, in bytes.
    pub const fn token_limit(&self) -> usize {
        self.token_bytes
    }

    pub(crate) const fn nesting(&self) -> u8 {
        self.nesting
    }

    pub(crate) const fn members(&self) -> u8 {
        self.members
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
    fn limits_are_lowered_as_far_as_one_likes_and_raised_to_the_ceiling() {
        let limits = Limits::default();
        assert_eq!((limits.token_limit(), limits.nesting(), limits.members()), (16 * 1024, MAX_NESTING, MAX_MEMBERS));
        for (asked, nesting, members) in
            [(1, 1, 1), (15, 15, 15), (16, 16, 16), (17, 16, 17), (127, 16, 127), (255, 16, 128)]
        {
            let limits = limits.nesting_depth(asked).member_count(asked);
            assert_eq!((limits.nesting(), limits.members()), (nesting, members), "{asked}");
        }
        assert_eq!(limits.token_bytes(100_000).token_limit(), 100_000);
    }
}
