//! Private keys in memory.

mod generate;
mod reader;

pub use generate::GeneratedKey;
pub use reader::{SigningKeyError, SigningKeyReader};

use crate::compact;
use crate::signer::{SignError, SignFuture, Signer};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};
use glowband_core::{Algorithm, SignatureCheck, SignatureMismatch};
use glowband_verify::{BoxedKey, PublicKey};
use std::fmt;

/// A private key in memory, bound to one algorithm: a [`Signer`] that signs immediately.
pub struct SigningKey {
    algorithm: Algorithm,
    kid: Option<String>,
    material: Material,
}

enum Material {
    Hmac(Box<hmac::Key>),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(rsa::KeyPair),
}

impl SigningKey {
    /// Generates a key. By default `kid` is the public key's thumbprint (RFC 7638); for a secret it is random, because
    /// a thumbprint would disclose information about it. RSA keys have 3072 bits; secrets have the length of their
    /// hash.
    ///
    /// # Errors
    /// Returns [`SignError::NoRandomness`] if the system's random generator fails.
    pub fn generate(algorithm: Algorithm, kid: Option<&str>) -> Result<GeneratedKey, SignError> {
        generate::generate(algorithm, kid).ok_or(SignError::NoRandomness)
    }

    /// Signs `payload` as compact JWS (RFC 7515 §5.1), with `alg` and the given members in the header, without a
    /// future.
    ///
    /// # Errors
    /// Returns [`SignError::NoRandomness`] if the system's random generator fails.
    pub fn sign_compact(
        &self,
        token_type: Option<&str>,
        kid: Option<&str>,
        payload: &[u8],
    ) -> Result<String, SignError> {
        let signing_input = compact::signing_input(self.algorithm, token_type, kid, payload);
        let signature = self.signature(signing_input.as_bytes()).ok_or(SignError::NoRandomness)?;
        compact::joined(signing_input, self.algorithm, &signature)
    }

    /// Signs. Returns `None` if AWS-LC fails, which it does only without memory or randomness.
    fn signature(&self, signing_input: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.material {
            Material::Hmac(key) => Some(hmac::sign(key, signing_input).as_ref().to_vec()),
            Material::Ecdsa(pair) => Some(pair.sign(&random, signing_input).ok()?.as_ref().to_vec()),
            Material::Ed25519(pair) => Some(pair.try_sign(signing_input).ok()?.as_ref().to_vec()),
            Material::Rsa(pair) => {
                let padding: &'static dyn RsaEncoding = match self.algorithm {
                    Algorithm::Rs384 => &RSA_PKCS1_SHA384,
                    Algorithm::Rs512 => &RSA_PKCS1_SHA512,
                    Algorithm::Ps256 => &RSA_PSS_SHA256,
                    Algorithm::Ps384 => &RSA_PSS_SHA384,
                    Algorithm::Ps512 => &RSA_PSS_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, signing_input, &mut signature).ok()?;
                Some(signature)
            }
        }
    }
}

impl Signer for SigningKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn key_id(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    fn public_key(&self) -> Option<PublicKey> {
        match &self.material {
            Material::Hmac(_) => None,
            Material::Ecdsa(pair) => {
                let point = pair.public_key().as_ref().to_vec();
                Some(match self.algorithm {
                    Algorithm::Es384 => PublicKey::P384(point),
                    Algorithm::Es512 => PublicKey::P521(point),
                    _ => PublicKey::P256(point),
                })
            }
            Material::Ed25519(pair) => pair.public_key().as_ref().try_into().map(PublicKey::Ed25519).ok(),
            Material::Rsa(pair) => PublicKey::from_pkcs1(pair.public_key().as_ref()).ok(),
        }
    }

    fn sign<'a>(&'a self, signing_input: &'a [u8]) -> SignFuture<'a> {
        let signature = self.signature(signing_input).ok_or(SignError::NoRandomness);
        Box::pin(std::future::ready(signature))
    }

    fn own_check(&self) -> Option<BoxedKey> {
        match &self.material {
            Material::Hmac(key) => {
                Some(Box::new(SecretCheck { algorithm: self.algorithm, key: hmac::Key::clone(key) }))
            }
            Material::Ecdsa(_) | Material::Ed25519(_) | Material::Rsa(_) => None,
        }
    }
}

/// Verifies signatures of a shared secret in constant time.
struct SecretCheck {
    algorithm: Algorithm,
    key: hmac::Key,
}

impl SignatureCheck for SecretCheck {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        hmac::verify(&self.key, signing_input, signature).map_err(|_| SignatureMismatch)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, private)", self.algorithm)
    }
}
