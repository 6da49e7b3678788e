//! A public key's numbers, wherever they were read: a JWK, a SubjectPublicKeyInfo, a PKCS#1 key.

use crate::alg::{EcdsaKey, Ed25519Key, RsaKey};
use crate::es256::{HostEs256Key, Preparation, Preparer};
use crate::key_set::{BoxedKey, HostKey};
use glowband_core::{Algorithm, Jwk, Refusal};
use spki::der::asn1::UintRef;
use spki::der::{Decode, Reader, SliceReader};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};
use std::sync::Arc;

/// A public key by its type and numbers, not yet bound to an algorithm.
///
/// The numbers were read, not judged: [`key`](Self::key) does that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// A SEC1 point on P-256.
    P256(Vec<u8>),
    /// A SEC1 point on P-384.
    P384(Vec<u8>),
    /// Modulus and public exponent, big-endian.
    Rsa {
        /// The modulus `n`.
        modulus: Vec<u8>,
        /// The public exponent `e`.
        exponent: Vec<u8>,
    },
    /// An Ed25519 key.
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// Reads `EC` P-256 and P-384, `RSA`, and `OKP` Ed25519 (RFC 7518 §6.2 and §6.3, RFC 8037 §2); private members
    /// are not looked at. What the JWK says of its use is not judged here.
    ///
    /// # Errors
    /// [`Refusal::JwkMalformed`] if a member is missing, not base64url, or of another length than the curve's;
    /// [`Refusal::KeyUnsupported`] for other types and curves.
    pub fn from_jwk(jwk: &Jwk<'_>) -> Result<Self, Refusal> {
        let curve = |name: &str| jwk.curve().is_some_and(|curve| curve == *name);
        match () {
            () if jwk.key_type() == *"RSA" => {
                // A modulus of 8192 bits, and room to call a longer one too long rather than malformed.
                let (mut modulus, mut exponent) = (vec![0; 4096], [0; 16]);
                Ok(Self::Rsa {
                    modulus: jwk.bytes("n", &mut modulus)?.to_vec(),
                    exponent: jwk.bytes("e", &mut exponent)?.to_vec(),
                })
            }
            () if jwk.key_type() == *"EC" && curve("P-256") => point::<32>(jwk).map(Self::P256),
            () if jwk.key_type() == *"EC" && curve("P-384") => point::<48>(jwk).map(Self::P384),
            () if jwk.key_type() == *"OKP" && curve("Ed25519") => {
                let mut public = [0; 32];
                match jwk.bytes("x", &mut public)?.len() {
                    32 => Ok(Self::Ed25519(public)),
                    _ => Err(Refusal::JwkMalformed),
                }
            }
            () if (jwk.key_type() == *"EC" || jwk.key_type() == *"OKP") && jwk.curve().is_none() => {
                Err(Refusal::JwkMalformed)
            }
            () => Err(Refusal::KeyUnsupported),
        }
    }

    /// Reads a DER SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), which is what `PUBLIC KEY` in PEM holds.
    ///
    /// # Errors
    /// [`Refusal::KeyMalformed`] if it is none; [`Refusal::KeyUnsupported`] for other types and curves.
    pub fn from_spki(der: &[u8]) -> Result<Self, Refusal> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| Refusal::KeyMalformed)?;
        let bytes = info.subject_public_key.as_bytes().ok_or(Refusal::KeyMalformed)?;
        match info.algorithm.oid {
            RSA => Self::from_pkcs1(bytes),
            ED25519 => bytes.try_into().map(Self::Ed25519).map_err(|_| Refusal::KeyMalformed),
            EC => match info.algorithm.parameters_oid() {
                Ok(P256) => Ok(Self::P256(bytes.to_vec())),
                Ok(P384) => Ok(Self::P384(bytes.to_vec())),
                _ => Err(Refusal::KeyUnsupported),
            },
            _ => Err(Refusal::KeyUnsupported),
        }
    }

    /// Reads every `PUBLIC KEY` and `RSA PUBLIC KEY` of a PEM text (RFC 7468); at least one.
    ///
    /// # Errors
    /// As [`KeyReader::pem`](crate::KeyReader::pem), but the numbers are not judged.
    pub fn all_from_pem(text: &[u8]) -> Result<Vec<Self>, crate::KeyFileError> {
        crate::pem::public_keys(text)
    }

    /// Reads a DER RSAPublicKey (RFC 8017 appendix A.1.1), which is what `RSA PUBLIC KEY` in PEM holds.
    ///
    /// # Errors
    /// [`Refusal::KeyMalformed`] if it is none.
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

    /// The algorithms that a key of this type can be for.
    pub fn algorithms(&self) -> &'static [Algorithm] {
        match self {
            Self::P256(_) => &[Algorithm::Es256],
            Self::P384(_) => &[Algorithm::Es384],
            Self::Rsa { .. } => &[Algorithm::Rs256, Algorithm::Ps256],
            Self::Ed25519(_) => &[Algorithm::EdDsa],
        }
    }

    /// The key, bound to one of its [`algorithms`](Self::algorithms), ready to check signatures.
    ///
    /// One for ES256 is prepared after 32 checks; [`HostEs256Key::new`] has the choice.
    ///
    /// # Errors
    /// [`Refusal::PointInvalid`], [`Refusal::ModulusSize`] or [`Refusal::KeyMalformed`] for wrong numbers;
    /// [`Refusal::AlgorithmMismatch`] for an algorithm of another type.
    pub fn key(&self, algorithm: Algorithm) -> Result<BoxedKey, Refusal> {
        let preparer = Arc::new(Preparer::new(Preparation::after_uses(32)));
        self.key_of_set(algorithm, &preparer).map(HostKey::boxed)
    }

    /// The same for a key of a set, whose ES256 keys have a preparer together.
    pub(crate) fn key_of_set(&self, algorithm: Algorithm, preparer: &Arc<Preparer>) -> Result<HostKey, Refusal> {
        let key: BoxedKey = match (self, algorithm) {
            (Self::P256(point), Algorithm::Es256) => {
                return HostEs256Key::of_set(point, preparer).map(HostKey::Es256);
            }
            (Self::P384(point), Algorithm::Es384) => Box::new(EcdsaKey::es384(point)?),
            (Self::Rsa { modulus, exponent }, Algorithm::Rs256) => Box::new(RsaKey::rs256(modulus, exponent)?),
            (Self::Rsa { modulus, exponent }, Algorithm::Ps256) => Box::new(RsaKey::ps256(modulus, exponent)?),
            (Self::Ed25519(public), Algorithm::EdDsa) => Box::new(Ed25519Key::new(public)?),
            _ => return Err(Refusal::AlgorithmMismatch),
        };
        Ok(HostKey::Other(key))
    }
}

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Coordinates have the full length of the field (RFC 7518 §6.2.1.2).
fn point<const FIELD: usize>(jwk: &Jwk<'_>) -> Result<Vec<u8>, Refusal> {
    let (mut x, mut y) = ([0; FIELD], [0; FIELD]);
    if jwk.bytes("x", &mut x)?.len() != FIELD || jwk.bytes("y", &mut y)?.len() != FIELD {
        return Err(Refusal::JwkMalformed);
    }
    Ok([&[4], x.as_slice(), y.as_slice()].concat())
}

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
