//! ES256 keys, the documents that publish them, and tokens under them; signed by aws-lc.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use glowband_verify::OwnedPolicy;

pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const AUDIENCE: &str = "orders-api";

/// A key pair that tokens call by its name.
pub(crate) struct Signer {
    kid: String,
    pair: EcdsaKeyPair,
}

impl Signer {
    pub(crate) fn new(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { kid: kid.to_owned(), pair }
    }

    /// The public key as a JWK.
    pub(crate) fn jwk(&self) -> String {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (encode(&point[1..33]), encode(&point[33..]));
        format!(r#"{{"kty":"EC","crv":"P-256","kid":"{}","x":"{x}","y":"{y}"}}"#, self.kid)
    }

    /// The public key as PEM (RFC 7468 section 13).
    pub(crate) fn pem(&self) -> String {
        const PREFIX: [u8; 26] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ];
        pem("PUBLIC KEY", &[&PREFIX, self.pair.public_key().as_ref()].concat())
    }

    /// A token that is valid for as long as these tests will be.
    pub(crate) fn token(&self) -> Vec<u8> {
        self.token_with(&format!(r#"{{"alg":"ES256","kid":"{}"}}"#, self.kid))
    }

    /// One of another issuer.
    pub(crate) fn token_of(&self, issuer: &str) -> Vec<u8> {
        let claims = format!(r#"{{"iss":"{issuer}","aud":"{AUDIENCE}","sub":"alice","exp":4102444800}}"#);
        self.sign(&format!(r#"{{"alg":"ES256","kid":"{}"}}"#, self.kid), &claims)
    }

    /// One with this header.
    pub(crate) fn token_with(&self, header: &str) -> Vec<u8> {
        self.sign(header, &format!(r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","sub":"alice","exp":4102444800}}"#))
    }

    fn sign(&self, header: &str, claims: &str) -> Vec<u8> {
        let input = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let signature = self.pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", encode(signature.as_ref())).into_bytes()
    }
}

/// A JWK set of these signers' keys.
pub(crate) fn jwks(signers: &[&Signer]) -> String {
    let keys: Vec<String> = signers.iter().map(|signer| signer.jwk()).collect();
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

/// DER under a label.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Returns the policy that the tokens of these tests are validated with.
pub(crate) fn policy() -> OwnedPolicy {
    OwnedPolicy::issuer(ISSUER).audience(AUDIENCE)
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
