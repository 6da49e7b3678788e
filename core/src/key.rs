//! A key of either algorithm by value, for rings and key files. Its algorithm is fixed at construction.

#[cfg(feature = "es256")]
use crate::alg::Es256Key;
#[cfg(feature = "hs256")]
use crate::alg::Hs256Key;
use crate::alg::{Algorithm, SignatureCheck, SignatureMismatch};

/// A key for one of the algorithms that this crate computes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Key {
    /// A secret for HMAC with SHA-256.
    #[cfg(feature = "hs256")]
    Hs256(Hs256Key),
    /// A public key for ECDSA with P-256 and SHA-256.
    #[cfg(feature = "es256")]
    Es256(Es256Key),
}

impl SignatureCheck for Key {
    fn algorithm(&self) -> Algorithm {
        match *self {
            #[cfg(feature = "hs256")]
            Self::Hs256(_) => Algorithm::Hs256,
            #[cfg(feature = "es256")]
            Self::Es256(_) => Algorithm::Es256,
        }
    }

    #[cfg_attr(not(any(feature = "hs256", feature = "es256")), allow(unused_variables))]
    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        match *self {
            #[cfg(feature = "hs256")]
            Self::Hs256(ref key) => key.check(signing_input, signature),
            #[cfg(feature = "es256")]
            Self::Es256(ref key) => key.check(signing_input, signature),
        }
    }
}

#[cfg(feature = "hs256")]
impl From<Hs256Key> for Key {
    fn from(key: Hs256Key) -> Self {
        Self::Hs256(key)
    }
}

#[cfg(feature = "es256")]
impl From<Es256Key> for Key {
    fn from(key: Es256Key) -> Self {
        Self::Es256(key)
    }
}
