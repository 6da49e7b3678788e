//! The trait of everything that signs: a key in memory, a hardware module, a key service.

use crate::public_jwk;
use glowband_core::Algorithm;
use glowband_verify::{BoxedKey, PublicKey};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// The future of a signature.
pub type SignFuture<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, SignError>> + Send + 'a>>;

/// A private key that is bound to one algorithm.
///
/// [`SigningKey`](crate::SigningKey) signs immediately. A hardware module or a key service may take longer; the future
/// does not depend on a particular async runtime.
///
/// ```
/// use glowband_issue::{Algorithm, PublicKey, SignError, SignFuture, Signer};
///
/// /// A key in a key service, with a stand-in for the service's client.
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
///             // If the service returns DER, convert the signature with `ecdsa_from_der`.
///             ask_the_service(&self.name, signing_input).await.map_err(|_| SignError::Unavailable)
///         })
///     }
/// }
/// ```
pub trait Signer: Send + Sync {
    /// Returns the algorithm of all signatures, which is `alg` in the header.
    fn algorithm(&self) -> Algorithm;

    /// Returns the key's identifier, which is `kid` in the header.
    fn key_id(&self) -> Option<&str>;

    /// Returns the public key, which the JWKS document publishes; `None` for a shared secret.
    fn public_key(&self) -> Option<PublicKey>;

    /// Signs the bytes `header.payload` (RFC 7515 §5.1 step 5). An ECDSA signature must be r ‖ s (RFC 7518 §3.4), not
    /// DER.
    fn sign<'a>(&'a self, signing_input: &'a [u8]) -> SignFuture<'a>;

    /// Returns a check of this key's signatures for verifiers in this process, if the key has no public part.
    fn own_check(&self) -> Option<BoxedKey> {
        None
    }

    /// Returns the public key as a JWK with `alg`, `use` and `kid` (RFC 7517 §4).
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

/// Why signing failed. Errors contain nothing of the key or of the signed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// The system's random generator failed, or memory ran out.
    NoRandomness,
    /// The hardware module or key service cannot be reached; it may be available later.
    Unavailable,
    /// The hardware module or key service refused to sign: a permission is missing, or the key is disabled.
    Refused,
    /// The signature does not have the algorithm's length: it is in DER instead of r ‖ s, or from another key.
    Malformed,
    /// There is no signing key.
    NoKey,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRandomness => "The system's random generator failed.",
            Self::Unavailable => "The service that holds the signing key cannot be reached.",
            Self::Refused => "The service that holds the signing key refused to sign.",
            Self::Malformed => {
                "The signature does not have its algorithm's length; an ECDSA signature in a token is r and s, not DER."
            }
            Self::NoKey => "There is no signing key.",
        })
    }
}

impl std::error::Error for SignError {}
