//! Tokens that were genuinely signed, by keys that never change, and the same keys of another implementation.

use crate::input::Input;
use crate::reading::header::Header;
use crate::reading::token::OtherKeys;
use glowband_core::{Algorithm, Es256Key, Hs256Key, KeyEntry, Refusal};
use glowband_tests::signing::{encode, hmac_sha256};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::Signer as _;
use std::sync::LazyLock;

/// The secret of the key `a`.
pub const SECRET: [u8; 40] = [7; 40];

pub struct Keys {
    hs256: Hs256Key,
    es256: Es256Key,
    signing: SigningKey,
    /// The key `b`, uncompressed.
    pub point: Vec<u8>,
}

pub static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let signing = SigningKey::from_slice(&[0x5a; 32]).expect("a scalar");
    let point = signing.verifying_key().to_sec1_point(false).as_bytes().to_vec();
    Keys {
        hs256: Hs256Key::new(&SECRET).expect("long enough"),
        es256: Es256Key::from_sec1(&point).expect("a point"),
        signing,
        point,
    }
});

impl Keys {
    pub fn entries(&self) -> [KeyEntry<'_>; 2] {
        [KeyEntry { kid: Some(b"a"), key: &self.hs256 }, KeyEntry { kid: Some(b"b"), key: &self.es256 }]
    }

    /// Signs as the algorithm would have it; any other is given the tag of HS256.
    pub fn sign(&self, algorithm: &str, signed: &[u8]) -> Vec<u8> {
        if algorithm == "ES256" {
            let signature: p256::ecdsa::Signature = self.signing.sign(signed);
            signature.to_bytes().to_vec()
        } else {
            hmac_sha256(&SECRET, signed)
        }
    }
}

impl OtherKeys for Keys {
    fn select(&self, header: &Header) -> Result<(), Refusal> {
        let algorithms = match header.key_id.as_deref() {
            None => vec![Algorithm::Hs256, Algorithm::Es256],
            Some("a") => vec![Algorithm::Hs256],
            Some("b") => vec![Algorithm::Es256],
            Some(_) => return Err(Refusal::KeyNotFound),
        };
        if algorithms.contains(&header.algorithm) { Ok(()) } else { Err(Refusal::AlgorithmMismatch) }
    }

    /// By AWS-LC.
    fn genuine(&self, header: &Header, signed: &[u8], signature: &[u8]) -> bool {
        use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
        match header.algorithm {
            Algorithm::Hs256 => hmac_sha256(&SECRET, signed) == signature,
            _ => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point).verify(signed, signature).is_ok(),
        }
    }
}

const NAMES: [&str; 12] = [
    "\"iss\"",
    "\"sub\"",
    "\"aud\"",
    "\"exp\"",
    "\"nbf\"",
    "\"iat\"",
    "\"jti\"",
    "\"scope\"",
    "\"\\u0065xp\"",
    "\"iss \"",
    "\"Aud\"",
    "\"\"",
];

const VALUES: [&str; 24] = [
    "\"https://id.example\"",
    "\"alice\"",
    "\"door-42\"",
    "[\"door-42\"]",
    "[\"x\",\"door-42\"]",
    "1700000300",
    "1699999990",
    "1700000000",
    "1699999999.9",
    "1.7000003e9",
    "-1",
    "0",
    "1e400",
    "9223372036854775808",
    "9223372036854775807",
    "null",
    "true",
    "\"1700000300\"",
    "[]",
    "[1]",
    "{}",
    "{\"a\":[[1]]}",
    "\"\\u0061lice\"",
    "\"\\ud800\"",
];

/// As it stands in the lists.
const EXPIRY: &str = "1700000300";

const ALGORITHMS: [&str; 8] = ["HS256", "HS256", "HS256", "ES256", "none", "HS384", "RS256", "hs256"];

const FURTHER: [&str; 14] = [
    "",
    "",
    "",
    ",\"typ\":\"JWT\"",
    ",\"typ\":\"at+jwt\"",
    ",\"crit\":[\"exp\"],\"exp\":1",
    ",\"b64\":false",
    ",\"kid\":\"a\"",
    ",\"kid\":\"b\"",
    ",\"kid\":\"c\"",
    ",\"jwk\":{\"kty\":\"oct\"}",
    ",\"alg\":\"none\"",
    ",\"zip\":\"DEF\"",
    ",\"typ\":1",
];

/// The usual claims, some of them changed, under a header that is usually good.
pub fn token(input: &mut Input<'_>) -> Vec<u8> {
    token_until(input, EXPIRY)
}

/// The same, ending at another moment.
pub fn token_until(input: &mut Input<'_>, expiry: &str) -> Vec<u8> {
    let algorithm = input.choose(&ALGORITHMS);
    let further = input.choose(&FURTHER);
    let header = format!("{{\"alg\":\"{algorithm}\"{further}}}");
    let mut members: Vec<(&str, &str)> = NAMES[..7]
        .iter()
        .copied()
        .zip([
            "\"https://id.example\"",
            "\"alice\"",
            "\"door-42\"",
            "1700000300",
            "1699999990",
            "1699999990",
            "\"t-1\"",
        ])
        .collect();
    for _ in 0..input.byte() % 4 {
        match input.byte() % 4 {
            0 if !members.is_empty() => drop(members.remove(input.below(members.len()))),
            1 => members.push((input.choose(&NAMES), input.choose(&VALUES))),
            _ if !members.is_empty() => {
                let at = input.below(members.len());
                members[at].1 = input.choose(&VALUES);
            }
            _ => {}
        }
    }
    let space = input.choose(&["", "", "", " ", "\n\t"]);
    let members: Vec<String> = members.iter().map(|(name, value)| format!("{space}{name}:{space}{value}")).collect();
    let claims = format!("{{{}}}", members.join(",")).replace(EXPIRY, expiry);
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = KEYS.sign(algorithm, signed.as_bytes());
    format!("{signed}.{}", encode(signature)).into_bytes()
}
