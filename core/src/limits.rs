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
