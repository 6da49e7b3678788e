//! Vectors that any library can judge: one key, issuer and audience expected, at the usual time.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_tests::claims_text::NOW;
use glowband_tests::vector::{Case as VectorCase, OneOrMany, Policy, Presented, Token, VectorFile};
use serde_json::{Value, json};
use std::fs;

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) threat: String,
    /// Whether the vectors say that the token is good.
    pub(crate) good: bool,
    pub(crate) token: String,
    pub(crate) jwk: Value,
    pub(crate) issuer: String,
    pub(crate) audience: String,
}

/// The algorithm that a peer is told to take, and the key's material.
pub(crate) enum Material {
    Hs256(Vec<u8>),
    /// x and y.
    Es256(Vec<u8>, Vec<u8>),
}

impl Case {
    /// The key as the peer is to be configured with it; `None` for one that is part of the trial.
    pub(crate) fn material(&self) -> Option<Material> {
        let bytes = |name: &str| Base64UrlUnpadded::decode_vec(self.jwk.get(name)?.as_str()?).ok();
        match self.jwk.get("kty")?.as_str()? {
            "oct" => bytes("k").map(Material::Hs256),
            "EC" => Some(Material::Es256(bytes("x")?, bytes("y")?)),
            _ => None,
        }
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        if self.jwk.get("kty") == Some(&json!("oct")) { "HS256" } else { "ES256" }
    }
}

/// All such vectors.
pub(crate) fn all() -> Vec<Case> {
    let text = fs::read_to_string(glowband_tests::vectors_folder().join("threats.json")).expect("threats.json");
    let file: VectorFile = serde_json::from_str(&text).expect("threats.json has its own format");
    let mut cases = Vec::new();
    for vector in file.vectors {
        let VectorCase::Verify(presented) = vector.case else { continue };
        if let Some((token, jwk, issuer, audience)) = usual(presented) {
            let good = vector.expected.number == 0;
            let case = Case { name: vector.name, threat: vector.threat, good, token, jwk, issuer, audience };
            // A key that no library takes is no trial of the token.
            if case.material().is_some() {
                cases.push(case);
            }
        }
    }
    cases
}

fn usual(presented: Presented) -> Option<(String, Value, String, String)> {
    let Presented { token: Token::Text(token), keys, policy, now: Some(NOW), scratch: None, limits: None } = presented
    else {
        return None;
    };
    let [key] = <[Value; 1]>::try_from(keys).ok()?;
    let Policy {
        iss: Some(OneOrMany::One(issuer)),
        aud: Some(OneOrMany::One(audience)),
        sub: None,
        typ: None,
        leeway: 0,
        max_age: None,
        allow_missing_expiry: false,
        require_jti: false,
    } = policy
    else {
        return None;
    };
    // What a key says of its own use is judged elsewhere.
    let plain = ["use", "key_ops", "alg", "kid"].iter().all(|name| key.get(*name).is_none());
    plain.then_some((token, key, issuer, audience))
}
