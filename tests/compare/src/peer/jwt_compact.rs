//! jwt-compact; `iss`, `aud` and `sub` are the caller's to read and to compare.

use crate::keys::{self, Material};
use crate::{Peer, settings};
use chrono::{DateTime, Duration};
use glowband_compare::answer::{Answer, Verdict, cannot_ask, refused};
use glowband_tests::vector::{OneOrMany, Presented};
use jwt_compact::alg::{Es256, Hs256, Hs256Key, VerifyingKey};
use jwt_compact::{Algorithm, AlgorithmExt as _, Claims, TimeOptions, UntrustedToken};
use serde::Deserialize;

pub struct JwtCompact;

/// The other registered claims with the types that RFC 7519 section 4.1 gives them.
#[derive(Clone, Deserialize)]
struct RegisteredClaims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    #[serde(rename = "jti")]
    _jti: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Peer for JwtCompact {
    fn verify(&self, question: &Presented) -> Verdict {
        let jwk = keys::only(question).ok_or_else(|| cannot_ask("other than one key, or a `kid`"))?;
        settings::none_of_type_age_and_id(&question.policy)?;
        let token = question.token.bytes();
        let token = str::from_utf8(&token).map_err(|_| cannot_ask("bytes that are no text"))?;
        let token = UntrustedToken::new(token);
        let claims = match Material::of(jwk)? {
            Material::Secret(secret) => claims(&Hs256, &Hs256Key::new(secret), &token.map_err(refused)?)?,
            Material::Point(point) => {
                type Key = <Es256 as Algorithm>::VerifyingKey;
                let key = <Key as VerifyingKey<Es256>>::from_slice(&point).map_err(refused)?;
                claims(&Es256, &key, &token.map_err(refused)?)?
            }
        };
        dates(&claims, question)?;
        expected(&claims.custom, question)
    }
}

fn claims<A: Algorithm>(
    algorithm: &A,
    key: &A::VerifyingKey,
    token: &UntrustedToken<'_>,
) -> Result<Claims<RegisteredClaims>, Answer> {
    let token = algorithm.validator::<RegisteredClaims>(key).validate(token).map_err(refused)?;
    Ok(token.claims().clone())
}

fn dates(claims: &Claims<RegisteredClaims>, question: &Presented) -> Verdict {
    let now = question.now.ok_or_else(|| cannot_ask("a clock that is not set"))?;
    let now = i64::try_from(now).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let now = now.ok_or_else(|| cannot_ask("a time that its clock cannot have"))?;
    let leeway = i64::try_from(question.policy.leeway).ok().and_then(Duration::try_seconds);
    let leeway = leeway.ok_or_else(|| cannot_ask("a leeway that its type cannot have"))?;
    let times = TimeOptions::new(leeway, || now);
    if claims.expiration.is_some() || !question.policy.allow_missing_expiry {
        claims.validate_expiration(&times).map_err(refused)?;
    }
    if claims.not_before.is_some() {
        claims.validate_maturity(&times).map_err(refused)?;
    }
    Ok(())
}

fn expected(claims: &RegisteredClaims, question: &Presented) -> Verdict {
    let policy = &question.policy;
    let one_of = |expected: &OneOrMany, given: &str| match expected {
        OneOrMany::One(one) => one == given,
        OneOrMany::Many(several) => several.iter().any(|one| one == given),
    };
    let issuer = policy.iss.as_ref().is_none_or(|iss| claims.iss.as_ref().is_some_and(|given| one_of(iss, given)));
    let audience = policy.aud.as_ref().is_none_or(|aud| match &claims.aud {
        Some(Audience::One(given)) => one_of(aud, given),
        Some(Audience::Many(given)) => given.iter().any(|given| one_of(aud, given)),
        None => false,
    });
    let subject = policy.sub.is_none() || policy.sub == claims.sub;
    match (issuer, audience, subject) {
        (true, true, true) => Ok(()),
        (false, ..) => Err(refused("caller: another iss")),
        (_, false, _) => Err(refused("caller: another aud")),
        _ => Err(refused("caller: another sub")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jwt_compact::alg::StrongKey;

    /// What the notes say of the setting that is left out.
    #[test]
    fn a_strong_key_has_64_bytes() {
        let strong = |bytes: usize| StrongKey::try_from(Hs256Key::new(vec![0x5a; bytes])).is_ok();
        assert!(!strong(31) && !strong(32) && !strong(63) && strong(64));
    }
}
