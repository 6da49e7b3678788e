//! Libraries of Rust, each told to be as strict as it can: the algorithm of the key, issuer, audience, no leeway.

use crate::case::{Case, Material};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Map, Value};

type Verdict = Result<(), String>;

/// A library, and what it says of a case.
pub(crate) struct Library {
    pub(crate) name: &'static str,
    pub(crate) judge: fn(&Case) -> Verdict,
}

pub(crate) const ALL: &[Library] = &[
    Library { name: "jsonwebtoken", judge: jsonwebtoken },
    Library { name: "jwt-simple", judge: jwt_simple },
    Library { name: "jwt-compact", judge: jwt_compact },
    Library { name: "josekit", judge: josekit },
];

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn material(case: &Case) -> Result<Material, String> {
    case.material().ok_or_else(|| "no key".to_owned())
}

fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

fn jsonwebtoken(case: &Case) -> Verdict {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
    let (algorithm, key) = match material(case)? {
        Material::Hs256(secret) => (Algorithm::HS256, DecodingKey::from_secret(&secret)),
        Material::Es256(x, y) => {
            let [x, y] = [x, y].map(|bytes| Base64UrlUnpadded::encode_string(&bytes));
            (Algorithm::ES256, DecodingKey::from_ec_components(&x, &y).map_err(text)?)
        }
    };
    let mut validation = Validation::new(algorithm);
    validation.leeway = 0;
    validation.validate_nbf = true;
    validation.set_issuer(&[&case.issuer]);
    validation.set_audience(&[&case.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    decode::<Value>(&case.token, &key, &validation).map(drop).map_err(text)
}

fn jwt_simple(case: &Case) -> Verdict {
    use jwt_simple::prelude::*;
    let set = |text: &String| Some([text.clone()].into_iter().collect());
    let options = VerificationOptions {
        allowed_issuers: set(&case.issuer),
        allowed_audiences: set(&case.audience),
        time_tolerance: Some(Duration::from_secs(0)),
        ..VerificationOptions::default()
    };
    let verified = match material(case)? {
        Material::Hs256(secret) => HS256Key::from_bytes(&secret).verify_token::<Value>(&case.token, Some(options)),
        Material::Es256(x, y) => {
            let key = ES256PublicKey::from_bytes(&point(&x, &y)).map_err(text)?;
            key.verify_token::<Value>(&case.token, Some(options))
        }
    };
    verified.map(drop).map_err(text)
}

/// It leaves `iss` and `aud` to its caller, who does here what its documentation shows: a struct of them.
fn jwt_compact(case: &Case) -> Verdict {
    use chrono::TimeDelta;
    use jwt_compact::alg::{Es256, Hs256, Hs256Key, VerifyingKey};
    use jwt_compact::{AlgorithmExt as _, TimeOptions, UntrustedToken};
    let token = UntrustedToken::new(&case.token).map_err(text)?;
    let verified = match material(case)? {
        Material::Hs256(secret) => Hs256.validator::<Map<String, Value>>(&Hs256Key::new(secret)).validate(&token),
        Material::Es256(x, y) => {
            let key =
                <<Es256 as jwt_compact::Algorithm>::VerifyingKey as VerifyingKey<Es256>>::from_slice(&point(&x, &y));
            Es256.validator::<Map<String, Value>>(&key.map_err(text)?).validate(&token)
        }
    };
    let verified = verified.map_err(text)?;
    let claims = verified.claims();
    let options = TimeOptions::from_leeway(TimeDelta::zero());
    claims.validate_expiration(&options).map_err(text)?;
    if claims.not_before.is_some() {
        claims.validate_maturity(&options).map_err(text)?;
    }
    let issuer = claims.custom.get("iss").and_then(Value::as_str) == Some(&case.issuer);
    let audience = match claims.custom.get("aud") {
        Some(Value::String(one)) => *one == case.audience,
        Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(&case.audience)),
        _ => false,
    };
    if issuer && audience { Ok(()) } else { Err("iss or aud, by its caller".to_owned()) }
}

fn josekit(case: &Case) -> Verdict {
    use josekit::jwk::Jwk;
    use josekit::jws::{ES256, HS256, JwsVerifier};
    use josekit::jwt::{self, JwtPayloadValidator};
    let jwk = Jwk::from_bytes(case.jwk.to_string()).map_err(text)?;
    let verifier: Box<dyn JwsVerifier> = match case.algorithm() {
        "HS256" => Box::new(HS256.verifier_from_jwk(&jwk).map_err(text)?),
        _ => Box::new(ES256.verifier_from_jwk(&jwk).map_err(text)?),
    };
    let (payload, _) = jwt::decode_with_verifier(&case.token, &*verifier).map_err(text)?;
    let mut validator = JwtPayloadValidator::new();
    validator.set_base_time(std::time::SystemTime::now());
    validator.set_issuer(&case.issuer);
    validator.set_audience(&case.audience);
    validator.validate(&payload).map_err(text)
}
