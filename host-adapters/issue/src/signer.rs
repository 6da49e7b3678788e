//! What signs: a key in this process, a hardware module, a key service.

use crate::public_jwk;
use glowband_core::Algorithm;
use glowband_verify::{BoxedKey, PublicKey};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A signature that is on its way.
pub type SignFuture<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, SignError>> + Send + 'a>>;

/// One private key, bound to one algorithm, wherever it lives.
///
/// [`SigningKey`](crate::SigningKey) answers at once; a hardware module or a key service takes its time, and no
/// runtime in particular is needed to wait for it.
///
/// ```
/// use glowband_issue::{Algorithm, PublicKey, SignError, SignFuture, Signer};
///
/// /// A key that a service keeps; here a stand-in for its client.
/// struct CloudKey { name: String, point: Vec<u8> }
/// # async fn ask_the_service(_key: &str, _input: &[u8]) -> Result<Vec<u8>, std::io::Error> { Ok(vec![0; 64]) }
///
/// impl Signer for CloudKey {
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::Es256
///     }
///     fn key_id(&self) -> Option<&str> {
///         Some(&self.name)
///     }
///     fn public_key(&self) -> Option<PublicKey> {
///         Some(PublicKey::P256(self.point.clone()))
///     }
///     fn sign<'a>(&'a self, signing_input: &'a [u8]) -> SignFuture<'a> {
///         Box::pin(async move {
///             // Many services answer in DER: `ecdsa_from_der` makes it what a token holds.
///             ask_the_service(&self.name, signing_input).await.map_err(|_| SignError::Unavailable)
///         })
///     }
/// }
/// ```
pub trait Signer: Send + Sync {
    /// The algorithm of every signature, and `alg` in the header.
    fn algorithm(&self) -> Algorithm;

    /// The name that tokens call the key by: `kid` in the header.
    fn key_id(&self) -> Option<&str>;

    /// The public part, which the JWKS document publishes; `None` for a shared secret.
    fn public_key(&self) -> Option<PublicKey>;

    /// Signs the bytes `header.payload` (RFC 7515 §5.1 step 5). The signature is raw: r ‖ s for ECDSA
    /// (RFC 7518 §3.4), not DER.
    fn sign<'a>(&'a self, signing_input: &'a [u8]) -> SignFuture<'a>;

    /// For a key without a public part: checks the signatures that it makes, in this process.
    fn own_check(&self) -> Option<BoxedKey> {
        None
    }

    /// The public part as a JWK with `alg`, `use` and `kid` (RFC 7517 §4).
    fn public_jwk(&self) -> Option<String> {
        public_jwk::json(&self.public_key()?, self.key_id(), Some(self.algorithm()))
    }
}

impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn algorithm(&self) -> Algorithm {
        (**self).algorithm()
    }

    fn key_id(&self) -> Option<&str> {
        (**self).key_id()
    }

    fn public_key(&self) -> Option<PublicKey> {
        (**self).public_key()
    }

    fn sign<'a>(&'a self, signing_input: &'a [u8]) -> SignFuture<'a> {
        (**self).sign(signing_input)
    }

    fn own_check(&self) -> Option<BoxedKey> {
        (**self).own_check()
    }

    fn public_jwk(&self) -> Option<String> {
        (**self).public_jwk()
    }
}

/// Why there is no signature. Carries nothing of the key or of what was to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// The system gives no randomness, or no memory.
    NoRandomness,
    /// What holds the key cannot be reached; it may answer later.
    Unavailable,
    /// What holds the key does not sign with it: a permission that is missing, a key that was disabled.
    Refused,
    /// The signature is not one of the algorithm: DER instead of r ‖ s, or that of another key.
    Malformed,
    /// No key is there to sign with.
    NoKey,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRandomness => "The system gives no randomness.",
            Self::Unavailable => "What holds the signing key cannot be reached.",
            Self::Refused => "What holds the signing key refuses to sign with it.",
            Self::Malformed => {
                "The signature does not have the length of its algorithm's; ECDSA in a token is r and s, not DER."
            }
            Self::NoKey => "There is no key to sign with.",
        })
    }
}

impl std::error::Error for SignError {}
