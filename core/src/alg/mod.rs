//! What a signature check is, and the two that this crate brings.

#[cfg(feature = "es256")]
mod es256;
#[cfg(feature = "hs256")]
mod hs256;

#[cfg(feature = "es256")]
pub use es256::Es256Key;
#[cfg(feature = "hs256")]
pub use hs256::{Hs256Key, MIN_SECRET};

use crate::json::Text;
use core::fmt;

/// A signature algorithm by its registered name (RFC 7518 §3.1, RFC 8037 §3.1).
///
/// This crate computes [`Hs256`](Self::Hs256) and [`Es256`](Self::Es256); the others are names for backends that
/// implement [`SignatureCheck`] elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// Ed25519 (RFC 8037); a header may also call it `Ed25519` (RFC 9864).
    EdDsa,
}

impl Algorithm {
    /// Every algorithm that has a name here.
    pub const ALL: &'static [Self] = &[Self::Hs256, Self::Es256, Self::Es384, Self::Rs256, Self::Ps256, Self::EdDsa];

    /// The name in a header's `alg`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm with this name; names are case-sensitive (RFC 7515 §4.1.1).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::from_bytes(name.as_bytes())
    }

    pub(crate) fn from_text(name: Text<'_>) -> Option<Self> {
        match name.plain() {
            // A comparison with each name is less code than a decision between all of them.
            Some(plain) if cfg!(not(target_os = "none")) => Self::from_bytes(plain),
            _ if name.is(b"Ed25519") => Some(Self::EdDsa),
            _ => Self::ALL.iter().copied().find(|algorithm| name == algorithm.name()),
        }
    }

    const fn from_bytes(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"HS256" => Self::Hs256,
            b"ES256" => Self::Es256,
            b"ES384" => Self::Es384,
            b"RS256" => Self::Rs256,
            b"PS256" => Self::Ps256,
            b"EdDSA" | b"Ed25519" => Self::EdDsa,
            _ => return None,
        })
    }

    /// The signature's length in bytes, where the algorithm alone decides it (RSA's is the modulus's).
    pub const fn signature_length(self) -> Option<usize> {
        match self {
            Self::Hs256 => Some(32),
            Self::Es256 | Self::EdDsa => Some(64),
            Self::Es384 => Some(96),
            Self::Rs256 | Self::Ps256 => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The signature is not genuine. Nothing finer is ever said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureMismatch;

/// One key, bound to one algorithm, that can judge signatures.
///
/// Everything that verifies implements this: RustCrypto here, another library on a server, a secure element on a
/// board. The verifier calls [`check`](Self::check) only for tokens whose `alg` is [`algorithm`](Self::algorithm),
/// and only with a signature of that algorithm's length.
///
/// ```
/// use glowband_core::{Algorithm, SignatureCheck, SignatureMismatch};
///
/// /// A key that lives in a secure element, and an element that knows no key.
/// struct SlotKey { slot: u8 }
///
/// impl SignatureCheck for SlotKey {
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::Es256
///     }
///     fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
///         # let element_says_genuine = |_slot, _input, _signature| false;
///         if element_says_genuine(self.slot, signing_input, signature) { Ok(()) } else { Err(SignatureMismatch) }
///     }
/// }
/// assert!(SlotKey { slot: 3 }.check(b"a.b", &[0; 64]).is_err());
/// ```
pub trait SignatureCheck {
    /// The one algorithm this key is for.
    fn algorithm(&self) -> Algorithm;

    /// Judges `signature` (raw bytes, r ‖ s for ECDSA) over `signing_input` (RFC 7515 §5.2 step 8).
    ///
    /// # Errors
    /// [`SignatureMismatch`], whatever the reason.
    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch>;
}

impl<S: SignatureCheck + ?Sized> SignatureCheck for &S {
    fn algorithm(&self) -> Algorithm {
        (**self).algorithm()
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        (**self).check(signing_input, signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_algorithm() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(*algorithm));
            assert_eq!(Algorithm::from_name(&algorithm.name().to_lowercase()), None);
        }
        assert_eq!(Algorithm::from_name("none"), None);
        assert_eq!(Algorithm::from_name("Ed25519"), Some(Algorithm::EdDsa));
        assert_eq!(Algorithm::Es256.to_string(), "ES256");
    }

    #[test]
    fn lengths_are_those_of_the_signatures() {
        let lengths: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.signature_length()).collect();
        assert_eq!(lengths, [Some(32), Some(64), Some(96), None, None, Some(64)]);
    }

    #[test]
    fn a_key_behind_a_reference_is_the_same_key() {
        struct Refuses;
        impl SignatureCheck for Refuses {
            fn algorithm(&self) -> Algorithm {
                Algorithm::Es256
            }
            fn check(&self, _: &[u8], _: &[u8]) -> Result<(), SignatureMismatch> {
                Err(SignatureMismatch)
            }
        }
        assert_eq!(SignatureCheck::algorithm(&&Refuses), Algorithm::Es256);
        assert_eq!(SignatureCheck::check(&&Refuses, b"", b""), Err(SignatureMismatch));
    }
}
