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
    check(&members).map_err(Why::Exactly)
}

fn check(members: &Members<'_>) -> Result<Algorithm, Refusal> {
    // A member that is null counts as absent.
    let present = |name: &str| members.get(name).copied().filter(|value| value.get() != "null");
    let string = |name: &str| present(name).map(|value| text(value).ok_or(Refusal::JwkMalformed)).transpose();
    let (kty, crv, alg, usage) = (string("kty")?, string("crv")?, string("alg")?, string("use")?);
    string("kid")?;
    let operations = present("key_ops").map(|value| serde_json::from_str::<Vec<String>>(value.get()));
    let operations = operations.transpose().map_err(|_| Refusal::JwkMalformed)?;
    let kty = kty.ok_or(Refusal::JwkMalformed)?;
    let permit = |algorithm: Algorithm| {
        let verifies = operations.as_ref().is_none_or(|all| all.is_empty() || all.iter().any(|one| one == "verify"));
        if !verifies || usage.as_deref().is_some_and(|usage| usage != "sig" && usage != "jwt-svid") {
            return Err(Refusal::JwkMayNotVerify);
        }
        match alg.as_deref() {
            None => Ok(()),
            Some(own) if own == algorithm.name() => Ok(()),
            // Not computed by the core, but the right type of key.
            Some("HS384" | "HS512") if algorithm == Algorithm::Hs256 => Err(Refusal::KeyUnsupported),
            Some(own) if Algorithm::ALL.iter().any(|known| known.name() == own) || own == "Ed25519" => {
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
                let text = members.get(name).and_then(|value| material(value)).ok_or(Refusal::JwkMalformed)?;
                let mut bytes = decode(unpadded(&text).as_bytes()).ok_or(Refusal::JwkMalformed)?;
                // The number itself: one zero more, or any fewer, change nothing.
                if bytes.len() == 33 && bytes[0] == 0 {
                    bytes.remove(0);
                }
                if bytes.is_empty() || bytes.len() > 32 {
                    return Err(Refusal::JwkMalformed);
                }
                let zeros = vec![0; 32 - bytes.len()];
                Ok(<[u8; 32]>::try_from([zeros, bytes].concat()).expect("32 octets"))
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
    let text = unpadded(&text);
    match decode(text.as_bytes()).map(|secret| secret.len()) {
        // What is too long is not decoded, so it may be anything.
        _ if text.len() * 3 / 4 > MAX_JWK_SECRET => Err(Refusal::SecretTooLong),
        None => Err(Refusal::JwkMalformed),
        Some(0..32) => Err(Refusal::SecretTooShort),
        Some(_) => Ok(Algorithm::Hs256),
    }
}

/// Without the `=` that complete the last four characters.
fn unpadded(text: &str) -> &str {
    let bare = text.trim_end_matches('=');
    if text.len() % 4 == 0 && text.len() - bare.len() <= 2 { bare } else { text }
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
