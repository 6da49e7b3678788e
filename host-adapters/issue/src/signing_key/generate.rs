//! Generates private keys as JWKs.

use crate::json_object::JsonObject;
use crate::public_jwk;
use aws_lc_rs::encoding::{AsBigEndian, AsDer, Curve25519SeedBin, EcPrivateKeyBin, Pkcs8V1Der};
use aws_lc_rs::rand;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::Algorithm;
use glowband_verify::PublicKey;
use spki::AlgorithmIdentifierRef;
use spki::der::asn1::{OctetStringRef, UintRef};
use spki::der::{Decode, Reader, SliceReader};
use std::fmt;
use zeroize::Zeroizing;

/// A private key and its public part, both as JWK. The private JWK is wiped from memory when it is dropped.
pub struct GeneratedKey {
    kid: String,
    private: Zeroizing<String>,
    public: Option<String>,
}

impl GeneratedKey {
    /// Returns the key's `kid`.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Returns the private JWK. [`SigningKeyReader`](crate::SigningKeyReader) parses it.
    pub fn private_jwk(&self) -> &str {
        &self.private
    }

    /// Returns the public JWK; `None` for a secret.
    pub fn public_jwk(&self) -> Option<&str> {
        self.public.as_deref()
    }
}

impl fmt::Debug for GeneratedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GeneratedKey({:?}, private)", self.kid)
    }
}

/// Generates a key. By default `kid` is the public key's thumbprint (RFC 7638); for a secret it is random, because a
/// thumbprint would disclose information about it. Returns `None` if the system's random generator fails.
pub(super) fn generate(algorithm: Algorithm, kid: Option<&str>) -> Option<GeneratedKey> {
    let (public, private) = match algorithm {
        Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => return secret(algorithm, kid),
        Algorithm::Es256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, PublicKey::P256)?,
        Algorithm::Es384 => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, PublicKey::P384)?,
        Algorithm::Es512 => ecdsa(&ECDSA_P521_SHA512_FIXED_SIGNING, PublicKey::P521)?,
        Algorithm::EdDsa => ed25519()?,
        Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 => rsa()?,
        Algorithm::Ps256 | Algorithm::Ps384 | Algorithm::Ps512 => rsa()?,
        _ => return None,
    };
    let kid = match kid {
        Some(kid) => kid.to_owned(),
        None => public_jwk::thumbprint(&public)?,
    };
    let shared = public_jwk::json(&public, Some(&kid), Some(algorithm))?;
    Some(GeneratedKey { kid, private: with_private(&shared, &private), public: Some(shared) })
}

type PrivateMembers = Vec<(&'static str, Zeroizing<String>)>;

fn ecdsa(
    algorithm: &'static EcdsaSigningAlgorithm,
    public: fn(Vec<u8>) -> PublicKey,
) -> Option<(PublicKey, PrivateMembers)> {
    let pair = EcdsaKeyPair::generate(algorithm).ok()?;
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().ok()?;
    Some((public(pair.public_key().as_ref().to_vec()), vec![("d", encode(private.as_ref()))]))
}

fn ed25519() -> Option<(PublicKey, PrivateMembers)> {
    let pair = Ed25519KeyPair::generate().ok()?;
    let seed: Curve25519SeedBin<'_> = pair.seed().ok()?.as_be_bytes().ok()?;
    let public = pair.public_key().as_ref().try_into().ok()?;
    Some((PublicKey::Ed25519(public), vec![("d", encode(seed.as_ref()))]))
}

/// Generates an RSA key of 3072 bits, as recommended beyond 2030 (NIST SP 800-57 part 1 §5.6).
fn rsa() -> Option<(PublicKey, PrivateMembers)> {
    let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa3072).ok()?;
    let der: Pkcs8V1Der<'_> = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).ok()?;
    let numbers = rsa_numbers(der.as_ref()).ok()?;
    let public = PublicKey::from_pkcs1(pair.public_key().as_ref()).ok()?;
    // They follow version, modulus and public exponent (RFC 8017 appendix A.1.2).
    let names = ["d", "p", "q", "dp", "dq", "qi"];
    Some((public, names.into_iter().zip(numbers.into_iter().skip(3)).collect()))
}

fn rsa_numbers(pkcs8: &[u8]) -> Result<Vec<Zeroizing<String>>, spki::der::Error> {
    let inner = SliceReader::new(pkcs8)?.sequence(|info| {
        let _version = u8::decode(info)?;
        AlgorithmIdentifierRef::decode(info)?;
        let key = <&OctetStringRef>::decode(info)?;
        Ok::<_, spki::der::Error>(key.as_bytes())
    })?;
    SliceReader::new(inner)?
        .sequence(|key| (0..9).map(|_| UintRef::decode(key).map(|number| encode(number.as_bytes()))).collect())
}

/// Generates a secret with the length of the hash (RFC 7518 §3.2), and a `kid`.
fn secret(algorithm: Algorithm, kid: Option<&str>) -> Option<GeneratedKey> {
    let mut bytes = Zeroizing::new(vec![0; algorithm.signature_length()? + 16]);
    rand::fill(bytes.as_mut_slice()).ok()?;
    let (name, secret) = bytes.split_at(16);
    let kid = kid.map_or_else(|| Base64UrlUnpadded::encode_string(name), str::to_owned);
    let mut shared = JsonObject::new();
    for (name, value) in [("kty", "oct"), ("alg", algorithm.name()), ("use", "sig"), ("kid", &kid)] {
        shared.string(name, value);
    }
    let shared = String::from_utf8(shared.finish()).ok()?;
    Some(GeneratedKey { kid, private: with_private(&shared, &[("k", encode(secret))]), public: None })
}

/// Adds private members to a JWK. The string is allocated once in full length, so that no copy remains in memory.
fn with_private(shared: &str, private: &[(&'static str, Zeroizing<String>)]) -> Zeroizing<String> {
    let length = shared.len() + private.iter().map(|(name, value)| name.len() + value.len() + 6).sum::<usize>();
    let mut text = Zeroizing::new(String::with_capacity(length));
    text.push_str(shared.strip_suffix('}').unwrap_or(shared));
    for (name, value) in private {
        for part in [",\"", name, "\":\"", value.as_str(), "\""] {
            text.push_str(part);
        }
    }
    text.push('}');
    text
}

fn encode(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(Base64UrlUnpadded::encode_string(bytes))
}
