//! Tokens, signed by what shares no code with the core's own arithmetic.

use crate::stage::Stage;
use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use sha2::Sha256;

/// When the tests take place.
pub(crate) const NOW: u64 = 1_700_000_000;

#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) kid: &'static str,
    key: Key,
}

#[derive(Clone)]
enum Key {
    Secret([u8; 32]),
    Private(Box<SigningKey>),
}

impl Signer {
    pub(crate) fn hs256(kid: &'static str, fill: u8) -> Self {
        Self { kid, key: Key::Secret([fill; 32]) }
    }

    pub(crate) fn es256(kid: &'static str, fill: u8) -> Self {
        Self { kid, key: Key::Private(Box::new(SigningKey::from_slice(&[fill; 32]).expect("a scalar"))) }
    }

    /// What a verifier needs of it.
    pub(crate) fn jwk(&self) -> String {
        let kid = self.kid;
        match &self.key {
            Key::Secret(secret) => format!(r#"{{"kty":"oct","kid":"{kid}","k":"{}"}}"#, encode(secret)),
            Key::Private(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let bytes = point.as_bytes();
                let (x, y) = (encode(&bytes[1..33]), encode(&bytes[33..]));
                format!(r#"{{"kty":"EC","crv":"P-256","kid":"{kid}","x":"{x}","y":"{y}"}}"#)
            }
        }
    }

    pub(crate) fn token(&self, typ: &str, claims: &str) -> String {
        let alg = if matches!(self.key, Key::Secret(_)) { "HS256" } else { "ES256" };
        let header = format!(r#"{{"alg":"{alg}","typ":"{typ}","kid":"{}"}}"#, self.kid);
        let input = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let signature = match &self.key {
            Key::Secret(secret) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a secret");
                mac.update(input.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
            Key::Private(key) => {
                let signature: Signature = key.sign(input.as_bytes());
                signature.to_bytes().to_vec()
            }
        };
        format!("{input}.{}", encode(&signature))
    }

    /// A token that opens `door-42`.
    pub(crate) fn opens(&self, subject: &str, more: &str) -> String {
        let exp = NOW + 600;
        let claims = format!(r#"{{"iss":"https://id.example","aud":"door-42","sub":"{subject}","exp":{exp}{more}}}"#);
        self.token("JWT", &claims)
    }

    /// Something of the owner's for `door-42`.
    pub(crate) fn orders(&self, typ: &str, claims: &str) -> String {
        self.token(typ, &format!(r#"{{"iss":"door-owner","aud":"door-42",{claims}}}"#))
    }

    /// The line that makes a door this one's.
    pub(crate) fn provision(&self, keys: &[&Self], more: &str) -> String {
        let claims = format!(
            r#"{{"iss":"door-owner","version":1,"door":"door-42","issuer":"https://id.example","keys":{}{more}}}"#,
            jwks(keys)
        );
        format!("PROVISION {} {}", self.jwk(), self.token("door-provision+jwt", &claims))
    }

    pub(crate) fn key_update(&self, version: u32, keys: &[&Self], more: &str) -> String {
        self.orders("door-keys+jwt", &format!(r#""version":{version},"keys":{}{more}"#, jwks(keys)))
    }

    /// Sets the door's clock, as the owner would.
    pub(crate) fn set_clock(&self, stage: &mut Stage, time: u64) -> String {
        let nonce = stage.ask("NONCE");
        let nonce = nonce.strip_prefix("NONCE ").expect("a nonce");
        let token = self.orders("door-time+jwt", &format!(r#""nonce":"{nonce}","now":{time}"#));
        stage.ask(&token)
    }
}

pub(crate) fn jwks(keys: &[&Signer]) -> String {
    format!("[{}]", keys.iter().map(|key| key.jwk()).collect::<Vec<_>>().join(","))
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
