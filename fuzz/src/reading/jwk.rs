//! A JSON Web Key (RFC 7517 section 4, RFC 7518 section 6), and whether a point is on its curve by big integers.

use super::base64url::decode;
use super::json::{Members, object, text};
use super::why::Why;
use crate::arithmetic::numbers::{b, difference, number, p, product, sum};
use glowband_core::{Algorithm, MAX_JWK_SECRET, Refusal};
use serde_json::value::RawValue;

/// The algorithm of the key that it stands for, if it is one for a chip.
///
/// # Errors
/// Any [`Why`].
pub fn algorithm(json: &[u8]) -> Result<Algorithm, Why> {
    let members = object(json)?;
    judge(&members).map_err(Why::Exactly)
}

fn judge(members: &Members<'_>) -> Result<Algorithm, Refusal> {
    let string = |name: &str| members.get(name).map(|value| text(value).ok_or(Refusal::JwkMalformed)).transpose();
    let (kty, crv, alg, usage) = (string("kty")?, string("crv")?, string("alg")?, string("use")?);
    string("kid")?;
    let operations = members.get("key_ops").map(|value| serde_json::from_str::<Vec<String>>(value.get()));
    let operations = operations.transpose().map_err(|_| Refusal::JwkMalformed)?;
    let kty = kty.ok_or(Refusal::JwkMalformed)?;
    let permit = |algorithm: Algorithm| {
        let verifies = operations.as_ref().is_none_or(|all| all.iter().any(|one| one == "verify"));
        if !verifies || usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err(Refusal::JwkMayNotVerify);
        }
        match alg.as_deref() {
            None => Ok(()),
            Some(own) if own == algorithm.name() => Ok(()),
            Some("HS256" | "ES256" | "ES384" | "RS256" | "PS256" | "EdDSA" | "Ed25519") => {
                Err(Refusal::JwkAlgorithmConflict)
            }
            Some(_) => Err(Refusal::KeyUnsupported),
        }
    };
    match (kty.as_str(), crv.as_deref()) {
        ("oct", _) => {
            permit(Algorithm::Hs256)?;
            secret(members.get("k").copied())
        }
        ("EC", Some("P-256")) => {
            permit(Algorithm::Es256)?;
            let coordinate = |name: &str| {
                let bytes =
                    members.get(name).and_then(|value| material(value)).and_then(|text| decode(text.as_bytes()));
                bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).ok_or(Refusal::JwkMalformed)
            };
            let (x, y) = (coordinate("x")?, coordinate("y")?);
            if on_curve(&x, &y) { Ok(Algorithm::Es256) } else { Err(Refusal::PointInvalid) }
        }
        ("EC", None) => Err(Refusal::JwkMalformed),
        _ => Err(Refusal::KeyUnsupported),
    }
}

fn secret(k: Option<&RawValue>) -> Result<Algorithm, Refusal> {
    let text = k.and_then(material).ok_or(Refusal::JwkMalformed)?;
    match decode(text.as_bytes()).map(|secret| secret.len()) {
        // What is too long is not decoded, so it may be anything.
        _ if text.len() * 3 / 4 > MAX_JWK_SECRET => Err(Refusal::SecretTooLong),
        None => Err(Refusal::JwkMalformed),
        Some(0..32) => Err(Refusal::SecretTooShort),
        Some(_) => Ok(Algorithm::Hs256),
    }
}

/// Key material written without escapes, which base64url has no use for; with them it is refused.
fn material(value: &RawValue) -> Option<String> {
    text(value).filter(|_| !value.get().contains('\\'))
}

/// y² = x³ − 3x + b modulo p (SEC 1 section 2.2.1).
pub fn on_curve(x: &[u8; 32], y: &[u8; 32]) -> bool {
    let (p, b) = (p(), b());
    let (x, y) = (number(x), number(y));
    if x >= p || y >= p {
        return false;
    }
    let three_x = sum(&sum(&x, &x, &p), &x, &p);
    let cube = product(&product(&x, &x, &p), &x, &p);
    product(&y, &y, &p) == sum(&difference(&cube, &three_x, &p), &b, &p)
}
