//! The keys of a question as the peers take them.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_compare::answer::{Answer, cannot_ask};
use glowband_tests::vector::Presented;
use serde_json::Value;

/// What a JWK of the vectors holds; which it is also decides which algorithm is allowed.
pub enum Material {
    /// For HS256.
    Secret(Vec<u8>),
    /// For ES256: uncompressed (SEC1).
    Point(Vec<u8>),
}

impl Material {
    pub fn of(jwk: &Value) -> Result<Self, Answer> {
        let bytes = |name: &str| {
            let text = jwk[name].as_str().unwrap_or_default();
            Base64UrlUnpadded::decode_vec(text).map_err(|_| cannot_ask("a key of the question is malformed"))
        };
        match jwk["kty"].as_str() {
            Some("oct") => Ok(Self::Secret(bytes("k")?)),
            Some("EC") => Ok(Self::Point([vec![4], bytes("x")?, bytes("y")?].concat())),
            _ => Err(cannot_ask("a key of another type")),
        }
    }
}

/// The key, if there is one, and it is for all tokens whatever their `kid`.
pub fn only(question: &Presented) -> Option<&Value> {
    match question.keys.as_slice() {
        [jwk] if jwk.get("kid").is_none() => Some(jwk),
        _ => None,
    }
}

/// For peers whose key sets are asked by `kid` and by nothing else.
pub fn set_by_kid(question: &Presented) -> Result<Value, Answer> {
    if question.keys.iter().all(|jwk| jwk.get("kid").is_some()) {
        return Ok(serde_json::json!({ "keys": question.keys }));
    }
    Err(cannot_ask("several keys of which one has no `kid`"))
}
