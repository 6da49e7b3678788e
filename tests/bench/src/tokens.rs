//! Tokens of the sizes that the figures name, signed by the peer.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

pub const ISSUER: &str = "https://id.example";
pub const AUDIENCE: &str = "https://api.example";
pub const SECRET: &[u8] = b"a secret for benchmarks, and for nothing else";

/// The public half of [`es256_pair`] as a JWK.
pub const ES256_PUBLIC_JWK: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// The three claims that every verification needs, as the peer reads them.
#[derive(Deserialize)]
#[allow(dead_code, reason = "read as a whole")]
pub struct ThreeClaims {
    iss: String,
    aud: String,
    exp: u64,
}

/// All claims of a sample, as the peer reads them: owned strings.
#[derive(Serialize, Deserialize)]
pub struct OwnedClaims {
    pub iss: String,
    pub sub: String,
    pub aud: String,
    pub exp: u64,
    pub iat: u64,
    pub jti: String,
    pub scope: String,
}

/// The same, borrowed from the buffer.
#[derive(Deserialize)]
#[allow(dead_code, reason = "read as a whole")]
pub struct BorrowedClaims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: u64,
    iat: u64,
    jti: &'a str,
    scope: &'a str,
}

/// A genuine token, and a time at which it is valid.
pub struct Sample {
    pub token: String,
    pub now: u64,
}

/// A P-256 key pair for benchmarks.
pub struct Pair {
    pkcs8: Vec<u8>,
    pub public_point: Vec<u8>,
}

impl Sample {
    pub fn hs256(size: usize) -> Self {
        Self::of_size(size, &Header::new(Algorithm::HS256), &EncodingKey::from_secret(SECRET), 0)
    }

    pub fn es256(size: usize, pair: &Pair) -> Self {
        Self::of_size(size, &Header::new(Algorithm::ES256), &pair.signing_key(), 0)
    }

    /// Live tokens of one issuer, as a server sees them: all of them genuine, no two alike.
    pub fn many(count: usize, size: usize, algorithm: Algorithm, key: &EncodingKey) -> Vec<Self> {
        (0..count).map(|number| Self::of_size(size, &Header::new(algorithm), key, number)).collect()
    }

    /// A token that names its key, of an issuer with several.
    pub fn of_key(size: usize, kid: &str, pair: &Pair, number: usize) -> Self {
        let header = Header { kid: Some(kid.into()), ..Header::new(Algorithm::ES256) };
        Self::of_size(size, &header, &pair.signing_key(), number)
    }

    /// The longest token of at most `size` bytes, filled up with scopes, as real ones are.
    fn of_size(size: usize, header: &Header, key: &EncodingKey, number: usize) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_secs();
        let token_with = |scope: String| {
            let claims = OwnedClaims {
                iss: ISSUER.into(),
                sub: "248289761001".into(),
                aud: AUDIENCE.into(),
                exp: now + 3600,
                iat: now,
                jti: format!("{number:04x}"),
                scope,
            };
            encode(header, &claims, key).expect("the claims can be signed")
        };
        let scopes = "read:orders write:orders read:users ".repeat(40);
        // Three bytes of claims make four of the token.
        let spare = size - token_with(String::new()).len();
        let token = (0..=spare * 3 / 4 + 1)
            .rev()
            .map(|length| token_with(scopes[..length].to_string()))
            .find(|token| token.len() <= size)
            .expect("the shortest token fits");
        Self { token, now }
    }
}

impl Pair {
    pub fn generate() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a pair");
        let pkcs8 = pair.to_pkcs8v1().expect("a document").as_ref().to_vec();
        Self { pkcs8, public_point: pair.public_key().as_ref().to_vec() }
    }

    pub fn signing_key(&self) -> EncodingKey {
        EncodingKey::from_ec_der(&self.pkcs8)
    }
}

/// The key pair of RFC 7515 appendix A.3, as PKCS #8.
pub fn es256_pair() -> Pair {
    const HEAD: &[u8] = &[
        0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
        0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20,
    ];
    const D: [u8; 32] = [
        142, 155, 16, 158, 113, 144, 152, 191, 152, 4, 135, 223, 31, 93, 119, 233, 203, 41, 96, 110, 190, 210, 38, 59,
        95, 87, 194, 19, 223, 132, 244, 178,
    ];
    const X: [u8; 32] = [
        127, 205, 206, 39, 112, 246, 196, 93, 65, 131, 203, 238, 111, 219, 75, 123, 88, 7, 51, 53, 123, 233, 239, 19,
        186, 207, 110, 60, 123, 209, 84, 69,
    ];
    const Y: [u8; 32] = [
        199, 241, 68, 205, 27, 189, 155, 126, 135, 44, 223, 237, 185, 238, 185, 244, 179, 105, 93, 110, 169, 11, 36,
        173, 138, 70, 35, 40, 133, 136, 229, 173,
    ];
    let public_point = [&[4], &X[..], &Y[..]].concat();
    let pkcs8 = [HEAD, &D, &[0xa1, 0x44, 0x03, 0x42, 0x00], &public_point].concat();
    Pair { pkcs8, public_point }
}
