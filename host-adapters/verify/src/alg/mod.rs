//! What this crate computes beyond the core's HS256 and ES256, one family each, through aws-lc.

mod ecdsa;
mod ed25519;
mod hmac;
mod rsa;

pub use ecdsa::EcdsaKey;
pub use ed25519::Ed25519Key;
pub(crate) use hmac::HMAC;
pub use hmac::HmacKey;
pub use rsa::RsaKey;
pub(crate) use rsa::{EXPONENT_BITS, MODULUS_BITS, bits};
