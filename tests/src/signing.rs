//! Tokens signed by aws-lc: another implementation than the one under test.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, UnparsedPublicKey};
use aws_lc_rs::{error::Unspecified, hmac};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

/// base64url without padding.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

/// The bytes of base64url without padding; `None` if it is not that.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// What a signature covers: both parts encoded, with a dot between them.
pub fn signing_input(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}", encode(header), encode(payload))
}

/// HMAC-SHA-256 with a key of any length.
pub fn hmac_sha256(secret: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec()
}

/// A compact JWS under a raw secret, whatever the header says.
pub fn hs256(secret: &[u8], header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    hs256_over(secret, &signing_input(header, payload))
}

/// A compact JWS over parts that are encoded already.
pub fn hs256_over(secret: &[u8], signing_input: &str) -> String {
    format!("{signing_input}.{}", encode(hmac_sha256(secret, signing_input.as_bytes())))
}

/// A P-256 key pair.
#[derive(Debug)]
pub struct Es256Pair {
    pair: EcdsaKeyPair,
    point: [u8; 65],
}

impl Es256Pair {
    /// From the 32 bytes each of `d`, `x` and `y`.
    ///
    /// # Errors
    /// If the three do not belong together.
    pub fn new(d: &[u8], x: &[u8], y: &[u8]) -> Result<Self, Unspecified> {
        let point: [u8; 65] = [&[4], x, y].concat().try_into().map_err(|_| Unspecified)?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, d, &point)?;
        Ok(Self { pair, point })
    }

    /// A new one.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn generate() -> Result<Self, Unspecified> {
        use aws_lc_rs::signature::KeyPair;
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let point = pair.public_key().as_ref().try_into().map_err(|_| Unspecified)?;
        Ok(Self { pair, point })
    }

    /// The public point, uncompressed.
    pub fn point(&self) -> &[u8; 65] {
        &self.point
    }

    /// The public key as a JWK.
    pub fn jwk(&self) -> Value {
        json!({"kty": "EC", "crv": "P-256", "x": encode(&self.point[1..33]), "y": encode(&self.point[33..])})
    }

    /// The public key as DER SubjectPublicKeyInfo (RFC 5480 section 2).
    pub fn spki_der(&self) -> Vec<u8> {
        const PREFIX: [u8; 26] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        [PREFIX.as_slice(), &self.point].concat()
    }

    /// The public key as PEM (RFC 7468 section 13).
    pub fn spki_pem(&self) -> String {
        let body = base64ct::Base64::encode_string(&self.spki_der());
        let (first, second) = body.split_at(64);
        format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n")
    }

    /// r and s, 32 bytes each.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        Ok(self.pair.sign(&SystemRandom::new(), message)?.as_ref().to_vec())
    }

    /// Whether the signature is genuine.
    pub fn is_genuine(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point).verify(message, signature).is_ok()
    }

    /// A compact JWS, whatever the header says.
    ///
    /// # Errors
    /// If there is no randomness.
    pub fn es256(&self, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> Result<String, Unspecified> {
        let input = signing_input(header, payload);
        let signature = self.sign(input.as_bytes())?;
        Ok(format!("{input}.{}", encode(signature)))
    }
}
