//! Private keys that sign compact JWS (RFC 7515 §5.1).

mod generate;
mod key_file;

pub(crate) use generate::{Generated, generate};
pub(crate) use key_file::SigningKeyReader;

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::Algorithm;
use glowband_verify::PublicKey;
use std::fmt;

/// A private key, bound to one algorithm.
pub(crate) struct SigningKey {
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
    /// The name that the key's own JWK gives it.
    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The public part; a secret has none.
    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        match &self.material {
            Material::Hmac(_) => None,
            Material::Ecdsa(pair) if self.algorithm == Algorithm::Es384 => {
                Some(PublicKey::P384(pair.public_key().as_ref().to_vec()))
            }
            Material::Ecdsa(pair) => Some(PublicKey::P256(pair.public_key().as_ref().to_vec())),
            Material::Ed25519(pair) => pair.public_key().as_ref().try_into().map(PublicKey::Ed25519).ok(),
            Material::Rsa(pair) => PublicKey::from_pkcs1(pair.public_key().as_ref()).ok(),
        }
    }

    /// The compact JWS of `payload`, with `alg` and the given members in its header. `None` if the library fails,
    /// which it does only when it is out of memory or randomness.
    pub(crate) fn sign(&self, token_type: Option<&str>, kid: Option<&str>, payload: &[u8]) -> Option<String> {
        let mut header = format!("{{\"alg\":\"{}\"", self.algorithm).into_bytes();
        for (name, value) in [("typ", token_type), ("kid", kid)] {
            if let Some(value) = value {
                header.extend_from_slice(format!(",\"{name}\":").as_bytes());
                crate::json_text::push_string(&mut header, value);
            }
        }
        header.push(b'}');
        let encode = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
        let signing_input = format!("{}.{}", encode(&header), encode(payload));
        let signature = self.signature(signing_input.as_bytes())?;
        Some(format!("{signing_input}.{}", encode(&signature)))
    }

    fn signature(&self, signing_input: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.material {
            Material::Hmac(key) => Some(hmac::sign(key, signing_input).as_ref().to_vec()),
            Material::Ecdsa(pair) => Some(pair.sign(&random, signing_input).ok()?.as_ref().to_vec()),
            Material::Ed25519(pair) => Some(pair.try_sign(signing_input).ok()?.as_ref().to_vec()),
            Material::Rsa(pair) => {
                let padding = if self.algorithm == Algorithm::Ps256 { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, signing_input, &mut signature).ok()?;
                Some(signature)
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, private)", self.algorithm)
    }
}
