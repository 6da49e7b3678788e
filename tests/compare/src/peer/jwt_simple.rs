//! jwt-simple, with its `VerificationOptions`.

use crate::Peer;
use crate::keys::{self, Material};
use glowband_compare::answer::{Answer, Verdict, cannot_ask, refused};
use glowband_tests::vector::{OneOrMany, Presented};
use jwt_simple::prelude::{
    Duration, ECDSAP256PublicKeyLike as _, ES256PublicKey, HS256Key, MACLike as _, NoCustomClaims, VerificationOptions,
};
use std::collections::HashSet;

pub struct JwtSimple;

impl Peer for JwtSimple {
    fn verify(&self, question: &Presented) -> Verdict {
        let [jwk] = question.keys.as_slice() else {
            return Err(cannot_ask("other than one key"));
        };
        let mut options = options(question)?;
        if keys::only(question).is_none() {
            options.required_key_id = jwk["kid"].as_str().map(str::to_owned);
        }
        let token = question.token.bytes();
        let token = str::from_utf8(&token).map_err(|_| cannot_ask("bytes that are no text"))?;
        let verified = match Material::of(jwk)? {
            Material::Secret(secret) => {
                HS256Key::from_bytes(&secret).verify_token::<NoCustomClaims>(token, Some(options))
            }
            Material::Point(point) => {
                let key = ES256PublicKey::from_bytes(&point).map_err(refused)?;
                key.verify_token::<NoCustomClaims>(token, Some(options))
            }
        };
        verified.map(drop).map_err(refused)
    }
}

fn options(question: &Presented) -> Result<VerificationOptions, Answer> {
    let policy = &question.policy;
    if policy.require_jti {
        return Err(cannot_ask("a required `jti`"));
    }
    let now = question.now.ok_or_else(|| cannot_ask("a clock that is not set"))?;
    // Its durations have 32 bits for seconds.
    let duration = |seconds: u64, what| match u32::try_from(seconds) {
        Ok(seconds) => Ok(Duration::from_secs(seconds.into())),
        Err(_) => Err(cannot_ask(what)),
    };
    let set = |values: &Option<OneOrMany>| match values {
        Some(OneOrMany::One(value)) => Some(HashSet::from([value.clone()])),
        Some(OneOrMany::Many(values)) => Some(values.iter().cloned().collect()),
        None => None,
    };
    Ok(VerificationOptions {
        accept_future: false,
        required_subject: policy.sub.clone(),
        required_signature_type: policy.typ.clone(),
        allowed_issuers: set(&policy.iss),
        allowed_audiences: set(&policy.aud),
        time_tolerance: Some(duration(policy.leeway, "a leeway of more than 32 bits")?),
        max_validity: policy.max_age.map(|age| duration(age, "a maximum age of more than 32 bits")).transpose()?,
        artificial_time: Some(duration(now, "a time of more than 32 bits")?),
        ..VerificationOptions::default()
    })
}
