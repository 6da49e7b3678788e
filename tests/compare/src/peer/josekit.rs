//! josekit, with its `JwtPayloadValidator`.

use crate::Peer;
use crate::keys::{self, Material};
use glowband_compare::answer::{Answer, Verdict, cannot_ask, refused};
use glowband_tests::vector::{OneOrMany, Presented};
use josekit::jwk::{Jwk, JwkSet};
use josekit::jws::{ES256, HS256, JwsVerifier};
use josekit::jwt::{self, JwtPayloadValidator};
use serde_json::Value;
use std::time::{Duration, SystemTime};

pub struct Josekit;

impl Peer for Josekit {
    fn verify(&self, question: &Presented) -> Verdict {
        let validator = validator(question)?;
        let token = question.token.bytes();
        let (payload, _) = match keys::only(question) {
            Some(jwk) => jwt::decode_with_verifier(&token, verifier(jwk)?.as_ref()).map_err(refused)?,
            None => {
                let set = keys::set_by_kid(question)?.to_string();
                let set = JwkSet::from_bytes(set).map_err(refused)?;
                let verifiers: Vec<_> = question.keys.iter().map(verifier).collect::<Result<_, _>>()?;
                // As `decode_with_verifier_in_jwk_set` does, whose verifiers would have to live in the keys themselves.
                jwt::decode_with_verifier_selector(&token, |header| {
                    let first = header.key_id().and_then(|kid| set.get(kid).into_iter().next());
                    let at = first.and_then(|key| set.keys().iter().position(|one| *one == key));
                    Ok(at.and_then(|at| verifiers.get(at)).map(AsRef::as_ref))
                })
                .map_err(refused)?
            }
        };
        validator.validate(&payload).map_err(refused)
    }
}

fn verifier(jwk: &Value) -> Result<Box<dyn JwsVerifier>, Answer> {
    let key = Jwk::from_bytes(jwk.to_string()).map_err(refused)?;
    Ok(match Material::of(jwk)? {
        Material::Secret(_) => Box::new(HS256.verifier_from_jwk(&key).map_err(refused)?),
        Material::Point(_) => Box::new(ES256.verifier_from_jwk(&key).map_err(refused)?),
    })
}

fn validator(question: &Presented) -> Result<JwtPayloadValidator, Answer> {
    let policy = &question.policy;
    if policy.typ.is_some() {
        return Err(cannot_ask("an expected `typ`"));
    }
    if policy.leeway > 0 {
        return Err(cannot_ask("a leeway"));
    }
    if policy.require_jti {
        return Err(cannot_ask("a required `jti`"));
    }
    let now = question.now.ok_or_else(|| cannot_ask("a clock that is not set"))?;
    let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(now));
    let time = time.ok_or_else(|| cannot_ask("a time that its clock cannot have"))?;
    let mut validator = JwtPayloadValidator::new();
    validator.set_base_time(time);
    validator.set_max_issued_time(time);
    if let Some(age) = policy.max_age {
        validator.set_min_issued_time(SystemTime::UNIX_EPOCH + Duration::from_secs(now.saturating_sub(age)));
    }
    match &policy.iss {
        Some(OneOrMany::One(issuer)) => validator.set_issuer(issuer),
        Some(OneOrMany::Many(_)) => return Err(cannot_ask("several issuers of which any will do")),
        None => {}
    }
    match &policy.aud {
        Some(OneOrMany::One(audience)) => validator.set_audience(audience),
        Some(OneOrMany::Many(_)) => return Err(cannot_ask("several audiences of which any will do")),
        None => {}
    }
    if let Some(subject) = &policy.sub {
        validator.set_subject(subject);
    }
    Ok(validator)
}
