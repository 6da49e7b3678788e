#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod alg;
mod clock;
mod confusion;
mod jwk;
mod jwks;
mod key_file;
mod key_set;
mod pem;
mod public_key;

pub use alg::{EcdsaKey, Ed25519Key, RsaKey, ShortSecret};
pub use clock::SystemClock;
pub use key_file::{KeyFileError, KeyReader, MAX_KEY_FILE};
pub use key_set::{BoxedKey, KeySet, SkippedKey};
pub use public_key::PublicKey;
