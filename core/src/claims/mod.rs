//! Claims (RFC 7519 §4): registered ones by their type, private ones by name or into the caller's own struct.

mod audience;
mod registered;
#[cfg(feature = "serde")]
mod typed;
mod validate;

pub use audience::Audience;
pub use registered::{Claim, Claims};

pub(crate) use registered::member;
#[cfg(feature = "serde")]
pub(crate) use typed::deserialize;
pub(crate) use validate::validate;
