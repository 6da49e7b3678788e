//! Signature algorithms, and the trait of keys that verify signatures.

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
/// This crate computes [`Hs256`](Self::Hs256) and [`Es256`](Self::Es256); the others are names for keys of other
/// crates, which implement [`SignatureCheck`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// ECDSA with P-521 and SHA-512.
    Es512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// Ed25519 (RFC 8037); a header may also call it `Ed25519` (RFC 9864).
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: &'static [Self] = &[
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::EdDsa,
    ];

    /// Returns the name in the `alg` of a header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Returns the algorithm with this name. Names are case-sensitive (RFC 7515 §4.1.1).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::from_bytes(name.as_bytes())
    }

    pub(crate) fn from_text(name: Text<'_>) -> Option<Self> {
        if let Some(plain) = name.plain() {
            return Self::from_bytes(plain);
        }
        // The longest name has seven bytes.
        let mut bytes = name.bytes();
        let mut letters = [0; 7];
        let mut length = 0;
        for (place, byte) in letters.iter_mut().zip(&mut bytes) {
            *place = byte;
            length += 1;
        }
        if bytes.next().is_some() { None } else { Self::from_bytes(letters.get(..length)?) }
    }

    /// Reads family and hash one after the other, which is less code than a comparison with each name.
    #[cfg_attr(target_os = "none", inline(never))]
    const fn from_bytes(name: &[u8]) -> Option<Self> {
        let [family, b'S', hash @ ..] = name else {
            return match name {
                b"EdDSA" | b"Ed25519" => Some(Self::EdDsa),
                _ => None,
            };
        };
        let (with_256, with_384, with_512) = match family {
            b'H' => (Self::Hs256, Self::Hs384, Self::Hs512),
            b'E' => (Self::Es256, Self::Es384, Self::Es512),
            b'R' => (Self::Rs256, Self::Rs384, Self::Rs512),
            b'P' => (Self::Ps256, Self::Ps384, Self::Ps512),
            _ => return None,
        };
        match hash {
            b"256" => Some(with_256),
            b"384" => Some(with_384),
            b"512" => Some(with_512),
            _ => None,
        }
    }

    /// Returns the length of a signature in bytes; `None` for RSA, where it is that of the modulus.
    pub const fn signature_length(self) -> Option<usize> {
        match self {
            Self::Hs256 => Some(32),
            Self::Hs384 => Some(48),
            Self::Hs512 | Self::Es256 | Self::EdDsa => Some(64),
            Self::Es384 => Some(96),
            Self::Es512 => Some(132),
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The signature does not match. The cause is never reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureMismatch;

/// A key for one algorithm that verifies signatures.
///
/// RustCrypto implements it here, another library on a server, a secure element on a board. The verifier calls [`check`](Self::check) only for tokens whose `alg` is [`algorithm`](Self::algorithm),
/// and only with a signature of that algorithm's length.
///
/// ```
/// use glowband_core::{Algorithm, SignatureCheck, SignatureMismatch};
///
/// /// A key in a secure element.
/// struct SlotKey { slot: u8 }
///
/// impl SignatureCheck for SlotKey {
///     fn algorithm(&self) -> Algorithm {
///         Algorithm::Es256
///     }
///     fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
///         # let element_accepts = |_slot, _input, _signature| false;
///         if element_accepts(self.slot, signing_input, signature) { Ok(()) } else { Err(SignatureMismatch) }
///     }
/// }
/// assert!(SlotKey { slot: 3 }.check(b"a.b", &[0; 64]).is_err());
/// ```
pub trait SignatureCheck {
    /// Returns the only algorithm of this key.
    fn algorithm(&self) -> Algorithm;

    /// Verifies `signature` (raw bytes, r ‖ s for ECDSA) of `signing_input` (RFC 7515 §5.2 step 8).
    ///
    /// # Errors
    /// Returns [`SignatureMismatch`] for every failure.
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

#[cfg(feature = "es256-prepared")]
impl SignatureCheck for glowband_p256::PreparedKey<'_> {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        self.verify(signing_input, signature).map_err(|_| SignatureMismatch)
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
        for none in ["none", "", "H", "HS", "HS25", "HS2560", "HS128", "XS256", "HX256", "ES256K", "EdDSA2", "Ed448"] {
            assert_eq!(Algorithm::from_name(none), None, "{none}");
        }
        for algorithm in Algorithm::ALL {
            let escaped: String = algorithm.name().bytes().map(|byte| format!("\\u{byte:04x}")).collect();
            assert_eq!(Algorithm::from_text(Text::new(escaped.as_bytes(), true)), Some(*algorithm));
            let longer = format!("{escaped}\\u0030\\u0030\\u0030");
            assert_eq!(Algorithm::from_text(Text::new(longer.as_bytes(), true)), None);
        }
        assert_eq!(Algorithm::from_name("Ed25519"), Some(Algorithm::EdDsa));
        assert_eq!(Algorithm::Es256.to_string(), "ES256");
    }

    #[test]
    fn lengths_are_those_of_the_signatures() {
        let lengths: Vec<_> = Algorithm::ALL.iter().map(|algorithm| algorithm.signature_length()).collect();
        let hmac = [Some(32), Some(48), Some(64)];
        let ecdsa = [Some(64), Some(96), Some(132)];
        assert_eq!(lengths, [&hmac[..], &ecdsa, &[None; 6], &[Some(64)]].concat());
    }

    #[cfg(all(feature = "es256", feature = "es256-prepared"))]
    #[test]
    fn a_prepared_key_is_for_es256_and_gives_the_verdict_of_an_unprepared_one() {
        use glowband_p256::{PreparedKey, PreparedTable, TableShape};
        use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
        let signing = SigningKey::from_slice(&[7; 32]).unwrap();
        let point = signing.verifying_key().to_sec1_point(false);
        let signature: Signature = signing.sign(b"a.b");
        let (mut own, mut shared) = ([[0; 64]; TableShape::Comb2.entries()], [[0; 64]; TableShape::Comb2.entries()]);
        let table = PreparedTable::build(TableShape::Comb2, point.as_bytes(), &mut own).unwrap();
        let generator = PreparedTable::generator(TableShape::Comb2, &mut shared).unwrap();
        let prepared = PreparedKey::new(table, generator).unwrap();
        assert_eq!(SignatureCheck::algorithm(&prepared), Algorithm::Es256);
        let plain = Es256Key::from_sec1(point.as_bytes()).unwrap();
        for (input, verdict) in [(b"a.b", Ok(())), (b"a.c", Err(SignatureMismatch))] {
            assert_eq!(prepared.check(input, &signature.to_bytes()), verdict);
            assert_eq!(plain.check(input, &signature.to_bytes()), verdict);
        }
        assert_eq!(prepared.check(b"a.b", &signature.to_bytes()[..63]), Err(SignatureMismatch));
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
