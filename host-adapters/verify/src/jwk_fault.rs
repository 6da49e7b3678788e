//! Why a JWK was refused, in words. Only a key that was refused is looked at once more; its verdict stays as it is.

use crate::alg::HMAC;
use crate::jwk_members::{JwkMembers, kind};
use crate::jwk_public_key;
use crate::key_fault::{KeyFault, counted, shown};
use crate::public_key::{PublicKey, RSA_ALGORITHMS};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::{Algorithm, Jwk, MAX_JSON, MAX_JWK_SECRET, MAX_NESTING, MEMBERS_WITHOUT_SLOTS, Refusal};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

const TYPES: &str = "allowed: EC, OKP, RSA and oct";

impl PublicKey {
    /// Explains the refusal of a JWK: the faulty member, and what is allowed.
    pub fn jwk_fault(text: &[u8], refusal: Refusal) -> KeyFault {
        explain(text, refusal)
    }
}

/// The member that the refusal is about, and what is allowed.
pub(crate) fn explain(text: &[u8], refusal: Refusal) -> KeyFault {
    let members = match JwkMembers::read(text) {
        Some(members) => members,
        None => return KeyFault::whole(refusal, not_an_object(text)),
    };
    if let Some(name) = members.repeated() {
        return KeyFault::whole(refusal, format!("The member {} is there twice", shown(name)));
    }
    let about = || match refusal {
        Refusal::JwkMalformed => malformed(text, &members),
        Refusal::KeyUnsupported => unsupported(text, &members),
        Refusal::JwkMayNotVerify => forbidden(&members),
        Refusal::JwkAlgorithmConflict => conflict(text, &members),
        Refusal::SecretTooShort | Refusal::SecretTooLong => secret(&members, refusal),
        Refusal::ModulusSize => Jwk::parse(text).ok().and_then(|jwk| numbers(&jwk, refusal)),
        Refusal::PointInvalid => {
            let curve = members.text("crv").unwrap_or_default();
            Some(KeyFault::whole(refusal, format!("x and y are not a point on {}", shown(&curve))))
        }
        _ => None,
    };
    about().unwrap_or_else(|| refusal.into())
}

fn not_an_object(text: &[u8]) -> String {
    match std::str::from_utf8(text) {
        Err(error) => format!("Byte {} is not UTF-8", error.valid_up_to() + 1),
        Ok(text) => match serde_json::from_str::<&RawValue>(text) {
            Ok(value) => format!("The JWK is {}; allowed: an object", kind(value)),
            Err(error) => format!("The text is not JSON at line {}, column {}", error.line(), error.column()),
        },
    }
}

fn malformed(text: &[u8], members: &JwkMembers<'_>) -> Option<KeyFault> {
    let fault = |member: &'static str, words: String| Some(KeyFault::member(Refusal::JwkMalformed, member, words));
    if text.len() > MAX_JSON {
        let words = format!("The JWK has {} bytes; allowed: {MAX_JSON}", text.len());
        return Some(KeyFault::whole(Refusal::JwkMalformed, words));
    }
    for name in ["kty", "crv", "alg", "kid", "use"] {
        if let Some(value) = members.get(name).filter(|value| kind(value) != "a string") {
            return fault(name, format!("is {}; allowed: a string", kind(value)));
        }
    }
    if let Some(value) = members.get("key_ops")
        && serde_json::from_str::<Vec<String>>(value.get()).is_err()
    {
        let is = if kind(value) == "a list" { "a list with something else than strings" } else { kind(value) };
        return fault("key_ops", format!("is {is}; allowed: a list of strings"));
    }
    let Some(kty) = members.text("kty") else {
        return fault("kty", format!("is missing; {TYPES}"));
    };
    let Ok(jwk) = Jwk::parse(text) else {
        let words = format!(
            "The JWK has more than {MEMBERS_WITHOUT_SLOTS} members, a name twice, or more than {MAX_NESTING} levels"
        );
        return Some(KeyFault::whole(Refusal::JwkMalformed, words));
    };
    if let Some(Err(fault)) = jwk_public_key::of_certificate(&jwk) {
        return Some(fault);
    }
    let crv = members.text("crv");
    if crv.is_none() && !curves(&kty).is_empty() {
        return fault("crv", format!("is missing; allowed: {}", curves(&kty).join(", ")));
    }
    let field = match crv.as_deref() {
        Some("P-384") => 48,
        Some("P-521") => 66,
        _ => 32,
    };
    let expected: &[(&'static str, usize)] = match kty.as_str() {
        "EC" => &[("x", field), ("y", field)],
        "OKP" => &[("x", 32)],
        "RSA" => &[("n", 0), ("e", 0)],
        _ => &[("k", 0)],
    };
    for (name, length) in expected {
        if let Err(words) = material(members, name, *length) {
            return fault(name, words);
        }
    }
    numbers(&jwk, Refusal::JwkMalformed)
}

/// Decodes a member, and says what keeps it from being decoded. A coordinate has a length.
fn material(members: &JwkMembers<'_>, name: &str, length: usize) -> Result<(), String> {
    let value = members.get(name).ok_or("is missing; allowed: a string of base64url")?;
    let text = members.text(name).map(Zeroizing::new);
    let text = text.ok_or_else(|| format!("is {}; allowed: a string of base64url", kind(value)))?;
    if value.get().contains('\\') {
        return Err("is written with escapes; base64url needs none".to_owned());
    }
    let bare = text.trim_end_matches('=');
    let outside = |byte: u8| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if let Some(at) = bare.bytes().position(outside) {
        let standard = bare.bytes().filter(|byte| outside(*byte)).all(|byte| matches!(byte, b'+' | b'/'));
        let hint = if standard { "base64url has - and _ for + and /" } else { "allowed: A-Z, a-z, 0-9, - and _" };
        return Err(format!("is not base64url at character {}; {hint}", at + 1));
    }
    let decoded = Base64UrlUnpadded::decode_vec(bare).map(Zeroizing::new);
    match decoded.map(|bytes| bytes.len()) {
        Err(_) => Err(format!("is no complete base64url; it has {}", counted(bare.len(), "character"))),
        Ok(0) => Err("is empty".to_owned()),
        Ok(_) if text.len() != bare.len() && (text.len() - bare.len() > 2 || text.len() % 4 != 0) => {
            Err("is padded with = to a length that is no multiple of 4".to_owned())
        }
        Ok(own) if length > 0 && own != length => {
            Err(format!("has {}; allowed on this curve: {length}", counted(own, "byte")))
        }
        Ok(_) => Ok(()),
    }
}

/// What is wrong with numbers that could be read.
fn numbers(jwk: &Jwk<'_>, refusal: Refusal) -> Option<KeyFault> {
    PublicKey::from_jwk(jwk).ok().map(|public| public.fault(refusal))
}

fn unsupported(text: &[u8], members: &JwkMembers<'_>) -> Option<KeyFault> {
    let fault = |member: &'static str, words: String| Some(KeyFault::member(Refusal::KeyUnsupported, member, words));
    let kty = members.text("kty")?;
    if !matches!(kty.as_str(), "EC" | "OKP" | "RSA" | "oct") {
        return fault("kty", format!("is {}; {TYPES}", shown(&kty)));
    }
    let curves = curves(&kty);
    if let Some(curve) = members.text("crv").filter(|curve| !curves.is_empty() && !curves.contains(&curve.as_str())) {
        return fault("crv", format!("is {}; allowed for {kty}: {}", shown(&curve), curves.join(", ")));
    }
    if let Some(alg) = members.text("alg").filter(|alg| Algorithm::from_name(alg).is_none()) {
        return fault("alg", format!("is {}; allowed: {}", shown(&alg), allowed(&kty, members)));
    }
    Jwk::parse(text).ok().and_then(|jwk| jwk_public_key::of_certificate(&jwk)).and_then(Result::err)
}

fn curves(kty: &str) -> &'static [&'static str] {
    match kty {
        "EC" => &["P-256", "P-384", "P-521"],
        "OKP" => &["Ed25519"],
        _ => &[],
    }
}

/// The algorithms of a key of this type and curve.
fn allowed(kty: &str, members: &JwkMembers<'_>) -> String {
    let hmac = HMAC.map(|(algorithm, _)| algorithm);
    let algorithms: &[Algorithm] = match (kty, members.text("crv").as_deref()) {
        ("oct", _) => &hmac,
        ("RSA", _) => RSA_ALGORITHMS,
        ("OKP", _) => &[Algorithm::EdDsa],
        (_, Some("P-384")) => &[Algorithm::Es384],
        (_, Some("P-521")) => &[Algorithm::Es512],
        _ => &[Algorithm::Es256],
    };
    names(algorithms)
}

fn names(algorithms: &[Algorithm]) -> String {
    algorithms.iter().map(|algorithm| algorithm.name()).collect::<Vec<_>>().join(", ")
}

fn forbidden(members: &JwkMembers<'_>) -> Option<KeyFault> {
    let fault = |member: &'static str, words: String| Some(KeyFault::member(Refusal::JwkMayNotVerify, member, words));
    if let Some(usage) = members.text("use").filter(|usage| !matches!(usage.as_str(), "sig" | "jwt-svid")) {
        return fault("use", format!("is {}; allowed: \"sig\" and \"jwt-svid\"", shown(&usage)));
    }
    let operations = members.get("key_ops")?;
    let operations: Vec<String> = serde_json::from_str(operations.get()).ok()?;
    fault("key_ops", format!("has {} but not \"verify\"", shown(&operations.join(", "))))
}

fn conflict(text: &[u8], members: &JwkMembers<'_>) -> Option<KeyFault> {
    let (alg, kty) = (members.text("alg")?, members.text("kty")?);
    // A certificate may say more of the key than the JWK does.
    let public = Jwk::parse(text).ok().and_then(|jwk| PublicKey::from_jwk(&jwk).ok());
    let allowed = public.map_or_else(|| allowed(&kty, members), |public| names(public.algorithms()));
    let words = format!("is {}; allowed for this key: {allowed}", shown(&alg));
    Some(KeyFault::member(Refusal::JwkAlgorithmConflict, "alg", words))
}

fn secret(members: &JwkMembers<'_>, refusal: Refusal) -> Option<KeyFault> {
    let k = members.text("k").map(Zeroizing::new)?;
    let bytes = k.trim_end_matches('=').len() * 3 / 4;
    let named = members.text("alg").and_then(|alg| Algorithm::from_name(&alg));
    let (algorithm, least) = HMAC.into_iter().find(|(own, _)| named == Some(*own)).unwrap_or(HMAC[0]);
    let words = format!("has {}; allowed for {algorithm}: {least} to {MAX_JWK_SECRET}", counted(bytes, "byte"));
    Some(KeyFault::member(refusal, "k", words))
}
