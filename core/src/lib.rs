#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
// Nothing here may panic; the firmware proves it by linking.
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod alg;
mod base64url;
mod blocks;
mod claims;
mod clock;
mod compact;
mod framing;
mod header;
mod json;
mod jwk;
mod key;
mod keyring;
mod limits;
mod policy;
pub mod refusal;
mod replay;
mod verify;

#[cfg(feature = "es256")]
pub use alg::Es256Key;
pub use alg::{Algorithm, SignatureCheck, SignatureMismatch};
#[cfg(feature = "hs256")]
pub use alg::{Hs256Key, MIN_SECRET};
pub use claims::{Audience, Claim, Claims};
pub use clock::{Clock, UnixSeconds};
pub use compact::scratch_needed;
pub use framing::{Frame, LineFramer};
#[cfg(feature = "es256-prepared")]
pub use glowband_p256::{
    PreparedKey as PreparedEs256Key, PreparedTable, TABLE_HEADER, TableEntry, TableError, TableShape,
};
pub use header::Header;
pub use json::{NameSlot, NumericDate, Text, Value};
pub use jwk::{Jwk, MAX_JWK_SECRET};
pub use key::Key;
pub use keyring::{KeyEntry, KeyRing, KeySource};
pub use limits::{Limits, MAX_JSON, MAX_KEYS_TRIED, MAX_NESTING, MEMBERS_WITHOUT_SLOTS};
pub use policy::{Policy, PolicyForIssuer};
pub use refusal::{Class, Refusal};
pub use replay::ReplayWindow;
pub use verify::{SignatureVerified, SignatureVerifier, TokenRanges, Unverified, Verified, Verifier};

/// What only machines without an operating system run, for this project's own tests. May change in any version.
#[cfg(feature = "internals")]
pub mod internals {
    /// Returns true for UTF-8 (RFC 3629 §4).
    pub fn is_utf8(bytes: &[u8]) -> bool {
        crate::json::small_utf8::is_utf8(bytes)
    }
}
