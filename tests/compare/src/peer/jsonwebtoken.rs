//! jsonwebtoken, with its `Validation` as strict as it goes and a struct that has the registered claims' types.

use crate::{Peer, keys, settings};
use glowband_compare::answer::{Answer, Verdict, refused};
use glowband_tests::vector::{OneOrMany, Presented};
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use std::collections::HashSet;

pub struct Jsonwebtoken;

impl Jsonwebtoken {
    /// Chooses the provider of the process, that by which the vectors are signed.
    pub fn new() -> Self {
        DEFAULT_PROVIDER.install_default().expect("no provider was installed before");
        Self
    }
}

/// The registered claims with the types that RFC 7519 section 4.1 gives them.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only the types are of interest")]
struct RegisteredClaims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "only the types are of interest")]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Peer for Jsonwebtoken {
    fn verify(&self, question: &Presented) -> Verdict {
        let token = question.token.bytes();
        let jwk: Jwk = match keys::only(question) {
            Some(jwk) => serde_json::from_value(jwk.clone()).map_err(refused)?,
            None => {
                let set: JwkSet = serde_json::from_value(keys::set_by_kid(question)?).map_err(refused)?;
                let header = decode_header(&token).map_err(refused)?;
                let kid = header.kid.ok_or_else(|| refused("the header has no kid"))?;
                set.find(&kid).ok_or_else(|| refused("no key has the kid"))?.clone()
            }
        };
        let algorithm = match jwk.algorithm {
            AlgorithmParameters::OctetKey(_) => Algorithm::HS256,
            _ => Algorithm::ES256,
        };
        let key = DecodingKey::from_jwk(&jwk).map_err(refused)?;
        let validation = validation(algorithm, question)?;
        decode::<RegisteredClaims>(&token, &key, &validation).map(drop).map_err(refused)
    }
}

fn validation(algorithm: Algorithm, question: &Presented) -> Result<Validation, Answer> {
    let policy = &question.policy;
    settings::none_of_type_age_and_id(policy)?;
    let mut validation = Validation::new(algorithm);
    validation.validate_nbf = true;
    validation.leeway = policy.leeway;
    let mut required = HashSet::new();
    if !policy.allow_missing_expiry {
        required.insert("exp".to_owned());
    }
    match &policy.iss {
        Some(OneOrMany::One(issuer)) => validation.set_issuer(&[issuer]),
        Some(OneOrMany::Many(issuers)) => validation.set_issuer(issuers),
        None => {}
    }
    match &policy.aud {
        Some(OneOrMany::One(audience)) => validation.set_audience(&[audience]),
        Some(OneOrMany::Many(audiences)) => validation.set_audience(audiences),
        None => validation.validate_aud = false,
    }
    validation.sub.clone_from(&policy.sub);
    let expected = [("iss", policy.iss.is_some()), ("aud", policy.aud.is_some()), ("sub", policy.sub.is_some())];
    required.extend(expected.iter().filter(|(_, expected)| *expected).map(|(name, _)| (*name).to_owned()));
    validation.required_spec_claims = required;
    Ok(validation)
}
