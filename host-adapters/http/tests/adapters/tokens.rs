//! Test tokens, signed by code that is independent of the verifier, and guards for them.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use glowband_http::Guard;
use glowband_verify::{HOST_LIMITS, HostVerifier, KeyReader, KeySet, OwnedPolicy};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{SystemTime, UNIX_EPOCH};

const SECRET: &[u8] = b"an example secret of 32+ bytes..";

/// The claims that handlers read.
#[derive(serde::Deserialize)]
pub(crate) struct User {
    pub(crate) sub: String,
}

pub(crate) fn keys() -> KeySet {
    let jwk = json!({"kty": "oct", "kid": "k1", "k": Base64UrlUnpadded::encode_string(SECRET)});
    KeyReader::new().parse(jwk.to_string().as_bytes()).unwrap()
}

pub(crate) fn guard_of(keys: KeySet) -> Guard {
    // Smaller than the header limits of every server.
    let policy =
        OwnedPolicy::issuer("https://id.example").audience("orders").limits(HOST_LIMITS.token_bytes(16 * 1024));
    Guard::new(HostVerifier::new(keys, policy)).realm("orders")
}

/// Returns a guard in the realm `orders` that requires the scope `orders:read`.
pub(crate) fn guard() -> Guard {
    guard_of(keys()).require_scope("orders:read")
}

pub(crate) fn good() -> String {
    with(json!({}))
}

pub(crate) fn expired() -> String {
    with(json!({"exp": 1_000_000_000}))
}

pub(crate) fn without_scope() -> String {
    with(json!({"scope": "orders:list"}))
}

/// Returns a token that is signed with another secret.
pub(crate) fn forged() -> String {
    sign(b"another example secret, 32+ bytes", "k1", &claims(json!({})))
}

pub(crate) fn of_unknown_key() -> String {
    sign(SECRET, "k2", &claims(json!({})))
}

/// Returns a valid token with these claims added or replaced.
pub(crate) fn with(other: Value) -> String {
    sign(SECRET, "k1", &claims(other))
}

fn claims(other: Value) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut claims = json!({
        "iss": "https://id.example", "aud": "orders", "sub": "alice", "exp": now + 600,
        "scope": "orders:read profile", "jti": "t-1",
    });
    let Value::Object(other) = other else { panic!("claims are an object") };
    claims.as_object_mut().unwrap().extend(other);
    claims
}

fn sign(secret: &[u8], kid: &str, claims: &Value) -> String {
    let part = |json: &Value| Base64UrlUnpadded::encode_string(json.to_string().as_bytes());
    let text = format!("{}.{}", part(&json!({"alg": "HS256", "kid": kid})), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes()))
}
