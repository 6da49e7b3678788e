//! What this crate computes beyond the core's HS256 and ES256, one family each, through aws-lc.

mod ecdsa;
mod ed25519;
mod rsa;
mod short_secret;

pub use ecdsa::EcdsaKey;
pub use ed25519::Ed25519Key;
pub use rsa::RsaKey;
pub use short_secret::ShortSecret;
