//! How much the door holds. All of it is memory that is there from the start.

/// The longest line, its terminator not counted: a key update with [`KEYS`] keys and their owner's fits.
pub const LINE: usize = 2048;
/// Decoded header and payload of the longest line.
pub(crate) const SCRATCH: usize = LINE / 4 * 3;
/// The longest record in the store.
pub(crate) const RECORD: usize = 2048;
/// Keys that may sign tokens for the door, the owner's not counted.
pub const KEYS: usize = 3;
/// Bytes of a `kid`.
pub const KEY_ID: usize = 48;
/// Bytes of a shared secret.
pub const SECRET: usize = 64;
/// Bytes of the issuer's name.
pub const ISSUER: usize = 96;
/// Bytes of the door's name.
pub const NAME: usize = 48;
/// Entries of the deny list.
pub const DENIED: usize = 32;
/// Bytes of a subject or token id on the deny list, and of a one-time token's `jti`.
pub const ID: usize = 48;
/// One-time tokens that can be stored at once.
pub const REDEEMED: usize = 32;
