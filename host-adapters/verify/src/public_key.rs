//! A public key by its type and numbers, and its reading from DER.

use crate::alg::{EXPONENT_BITS, EcdsaKey, Ed25519Key, MODULUS_BITS, RsaKey, bits};
use crate::certificate::Certificate;
use crate::es256::{HostEs256Key, Preparation, Preparer};
use crate::key_fault::{KeyFault, counted};
use crate::key_set::{BoxedKey, HostKey};
use crate::pss_parameters;
use glowband_core::{Algorithm, Refusal};
use spki::der::asn1::UintRef;
use spki::der::{Decode, Reader, SliceReader};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use std::sync::Arc;

/// A public key by its type and numbers, not yet bound to an algorithm.
///
/// The numbers are not checked yet: [`key`](Self::key) does that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// A SEC1 point on P-256.
    P256(Vec<u8>),
    /// A SEC1 point on P-384.
    P384(Vec<u8>),
    /// A SEC1 point on P-521.
    P521(Vec<u8>),
    /// Modulus and public exponent, big-endian.
    Rsa {
        /// The modulus `n`.
        modulus: Vec<u8>,
        /// The public exponent `e`.
        exponent: Vec<u8>,
    },
    /// The same, for RSASSA-PSS alone (RFC 4055 §1.2).
    RsaPss {
        /// The modulus `n`.
        modulus: Vec<u8>,
        /// The public exponent `e`.
        exponent: Vec<u8>,
        /// The one algorithm that the key's parameters allow; `None` if it has no parameters.
        algorithm: Option<Algorithm>,
    },
    /// An Ed25519 key.
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// Reads a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), which is what `PUBLIC KEY` in PEM holds.
    ///
    /// # Errors
    /// Returns [`Refusal::KeyMalformed`] if the bytes are malformed, [`Refusal::KeyUnsupported`] for other types and curves.
    pub fn from_spki(der: &[u8]) -> Result<Self, Refusal> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| Refusal::KeyMalformed)?;
        let bytes = info.subject_public_key.as_bytes().ok_or(Refusal::KeyMalformed)?;
        match info.algorithm.oid {
            RSA => Self::from_pkcs1(bytes),
            RSASSA_PSS => match (Self::from_pkcs1(bytes)?, pss_parameters::algorithm(info.algorithm.parameters)?) {
                (Self::Rsa { modulus, exponent }, algorithm) => Ok(Self::RsaPss { modulus, exponent, algorithm }),
                _ => Err(Refusal::KeyMalformed),
            },
            ED25519 => bytes.try_into().map(Self::Ed25519).map_err(|_| Refusal::KeyMalformed),
            EC => match info.algorithm.parameters_oid() {
                Ok(P256) => Ok(Self::P256(bytes.to_vec())),
                Ok(P384) => Ok(Self::P384(bytes.to_vec())),
                Ok(P521) => Ok(Self::P521(bytes.to_vec())),
                _ => Err(Refusal::KeyUnsupported),
            },
            _ => Err(Refusal::KeyUnsupported),
        }
    }

    /// Reads the public key of an X.509 certificate in DER (RFC 5280 §4.1). Nothing else of the certificate is checked,
    /// neither its dates nor its signature.
    ///
    /// # Errors
    /// Returns [`Refusal::KeyMalformed`] if the bytes are malformed, [`Refusal::KeyUnsupported`] for other types and curves.
    pub fn from_certificate(der: &[u8]) -> Result<Self, Refusal> {
        Self::from_spki(Certificate::read(der).ok_or(Refusal::KeyMalformed)?.public_key)
    }

    /// Reads a DER RSAPublicKey (RFC 8017 appendix A.1.1), which is what `RSA PUBLIC KEY` in PEM holds.
    ///
    /// # Errors
    /// Returns [`Refusal::KeyMalformed`] if the bytes are malformed.
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, Refusal> {
        let read = || {
            let mut reader = SliceReader::new(der)?;
            let key = reader.sequence(|numbers| {
                let modulus: UintRef<'_> = numbers.decode()?;
                let exponent: UintRef<'_> = numbers.decode()?;
                Ok::<_, spki::der::Error>(Self::Rsa {
                    modulus: modulus.as_bytes().to_vec(),
                    exponent: exponent.as_bytes().to_vec(),
                })
            })?;
            reader.finish()?;
            Ok::<_, spki::der::Error>(key)
        };
        read().map_err(|_| Refusal::KeyMalformed)
    }

    /// Returns the algorithms that a key of this type can be for.
    pub fn algorithms(&self) -> &'static [Algorithm] {
        match self {
            Self::P256(_) => &[Algorithm::Es256],
            Self::P384(_) => &[Algorithm::Es384],
            Self::P521(_) => &[Algorithm::Es512],
            Self::Rsa { .. } => RSA_ALGORITHMS,
            Self::RsaPss { algorithm, .. } => match algorithm {
                Some(Algorithm::Ps256) => &[Algorithm::Ps256],
                Some(Algorithm::Ps384) => &[Algorithm::Ps384],
                Some(Algorithm::Ps512) => &[Algorithm::Ps512],
                Some(_) => &[],
                None => &[Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512],
            },
            Self::Ed25519(_) => &[Algorithm::EdDsa],
        }
    }

    /// Makes a key for one of its [`algorithms`](Self::algorithms), ready to verify signatures.
    ///
    /// A key for ES256 is prepared after 32 verifications; [`HostEs256Key::new`] has other choices.
    ///
    /// # Errors
    /// [`Refusal::PointInvalid`], [`Refusal::ModulusSize`] or [`Refusal::KeyMalformed`] for wrong numbers;
    /// [`Refusal::AlgorithmMismatch`] for an algorithm of another type.
    pub fn key(&self, algorithm: Algorithm) -> Result<BoxedKey, Refusal> {
        let preparer = Arc::new(Preparer::new(Preparation::after_uses(32)));
        self.key_of_set(algorithm, &preparer).map(HostKey::boxed)
    }

    /// Checks that the numbers are those of a key, which [`key`](Self::key) will then accept.
    ///
    /// # Errors
    /// The faulty number, and what is allowed.
    pub fn check(&self) -> Result<(), KeyFault> {
        let preparer = Arc::new(Preparer::new(Preparation::never()));
        let mut algorithms = self.algorithms().iter();
        algorithms
            .try_for_each(|algorithm| self.key_of_set(*algorithm, &preparer).map(drop))
            .map_err(|refusal| self.fault(refusal))
    }

    /// As [`key`](Self::key), for a key of a set, whose ES256 keys share a preparer.
    pub(crate) fn key_of_set(&self, algorithm: Algorithm, preparer: &Arc<Preparer>) -> Result<HostKey, Refusal> {
        if !self.algorithms().contains(&algorithm) {
            return Err(Refusal::AlgorithmMismatch);
        }
        let key: BoxedKey = match (self, algorithm) {
            (Self::P256(point), Algorithm::Es256) => {
                return HostEs256Key::of_set(point, preparer).map(HostKey::Es256);
            }
            (Self::P384(point), Algorithm::Es384) => Box::new(EcdsaKey::es384(point)?),
            (Self::P521(point), Algorithm::Es512) => Box::new(EcdsaKey::es512(point)?),
            (Self::Rsa { modulus, exponent } | Self::RsaPss { modulus, exponent, .. }, algorithm) => {
                Box::new(RsaKey::new(algorithm, modulus, exponent)?)
            }
            (Self::Ed25519(public), Algorithm::EdDsa) => Box::new(Ed25519Key::new(public)?),
            _ => return Err(Refusal::AlgorithmMismatch),
        };
        Ok(HostKey::Other(key))
    }

    /// Explains a refusal of [`key`](Self::key): the faulty number, and what is allowed.
    pub(crate) fn fault(&self, refusal: Refusal) -> KeyFault {
        let length = |point: &[u8], curve: &str| {
            KeyFault::whole(refusal, format!("The point of {} is not on {curve}", counted(point.len(), "byte")))
        };
        match self {
            Self::P256(point) => length(point, "P-256"),
            Self::P384(point) => length(point, "P-384"),
            Self::P521(point) => length(point, "P-521"),
            Self::Rsa { modulus, exponent } | Self::RsaPss { modulus, exponent, .. } => {
                rsa_fault(modulus, exponent, refusal)
            }
            Self::Ed25519(_) => refusal.into(),
        }
    }
}

fn rsa_fault(modulus: &[u8], exponent: &[u8], refusal: Refusal) -> KeyFault {
    let even = |number: &[u8]| number.last().is_none_or(|last| last & 1 == 0);
    let (least, most) = MODULUS_BITS.into_inner();
    match () {
        () if !MODULUS_BITS.contains(&bits(modulus)) => {
            let words = format!("has {}; allowed: {least} to {most}", counted(bits(modulus), "bit"));
            KeyFault::member(refusal, "n", words)
        }
        () if even(modulus) => KeyFault::member(refusal, "n", "is an even number; a modulus is odd"),
        () if bits(exponent) > EXPONENT_BITS => {
            let words = format!("has {} bits; allowed: {EXPONENT_BITS} at most", bits(exponent));
            KeyFault::member(refusal, "e", words)
        }
        () if bits(exponent) < 2 => KeyFault::member(refusal, "e", "is 0 or 1; allowed: an odd number from 3 on"),
        () if even(exponent) => KeyFault::member(refusal, "e", "is an even number; allowed: an odd number from 3 on"),
        () => refusal.into(),
    }
}

/// What a SubjectPublicKeyInfo is, for a refusal that [`PublicKey::from_spki`] gave.
pub(crate) fn spki_fault(der: &[u8], refusal: Refusal) -> KeyFault {
    const ALLOWED: &str =
        "allowed: EC on P-256, P-384 and P-521, RSA, RSASSA-PSS with SHA-256, SHA-384 and SHA-512, Ed25519";
    let Ok(info) = SubjectPublicKeyInfoRef::from_der(der) else {
        return KeyFault::whole(refusal, "The bytes are not a SubjectPublicKeyInfo in DER");
    };
    let words = match (refusal, info.algorithm.oid, info.algorithm.parameters_oid()) {
        (Refusal::KeyUnsupported, EC, Ok(curve)) => format!("The curve {curve} is not supported; {ALLOWED}"),
        (Refusal::KeyUnsupported, EC, _) => format!("The curve is not given by its name; {ALLOWED}"),
        (Refusal::KeyUnsupported, RSASSA_PSS, _) => {
            format!("The RSASSA-PSS parameters have no algorithm in JOSE; {ALLOWED}")
        }
        (Refusal::KeyUnsupported, oid, _) => format!("The key type {oid} is not supported; {ALLOWED}"),
        _ => "The key's numbers are damaged".to_owned(),
    };
    KeyFault::whole(refusal, words)
}

/// The algorithms of an RSA key that names none.
pub(crate) const RSA_ALGORITHMS: &[Algorithm] =
    &[Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512];

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_that_is_no_key_is_malformed() {
        for der in [&[][..], &[0x30, 0], &[0x30, 0x80], &[0x30, 3, 2, 1, 1], &[0xff; 40]] {
            assert_eq!(PublicKey::from_spki(der).err(), Some(Refusal::KeyMalformed), "{der:?}");
            assert_eq!(PublicKey::from_pkcs1(der).err(), Some(Refusal::KeyMalformed), "{der:?}");
        }
        let key = PublicKey::from_pkcs1(&[0x30, 6, 2, 1, 5, 2, 1, 3]).unwrap();
        assert_eq!(key, PublicKey::Rsa { modulus: vec![5], exponent: vec![3] });
        assert_eq!(key.key(Algorithm::Rs256).err(), Some(Refusal::ModulusSize));
        assert_eq!(key.key(Algorithm::Es256).err(), Some(Refusal::AlgorithmMismatch));
        let trailing = [0x30, 6, 2, 1, 5, 2, 1, 3, 0];
        assert_eq!(PublicKey::from_pkcs1(&trailing).err(), Some(Refusal::KeyMalformed));
    }
}
