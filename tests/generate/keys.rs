//! The published test keys, `vectors/keys.json`.

use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_tests::signing::{Es256Pair, encode};
use serde_json::{Value, json};

/// Two keys of each algorithm: the one that is configured, and another.
pub(crate) struct Keys {
    pub(crate) secret: Vec<u8>,
    pub(crate) other_secret: Vec<u8>,
    pub(crate) pair: Es256Pair,
    pub(crate) other_pair: Es256Pair,
}

impl Keys {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let keys: Value = serde_json::from_str(text).map_err(|error| format!("keys.json: {error}"))?;
        let member = |key: &str, name: &str| {
            let text = keys[key][name].as_str().ok_or_else(|| format!("keys.json: {key} has no {name}"))?;
            Base64UrlUnpadded::decode_vec(text).map_err(|error| format!("keys.json: {key}.{name}: {error}"))
        };
        let pair = |key: &str| {
            Es256Pair::new(&member(key, "d")?, &member(key, "x")?, &member(key, "y")?)
                .map_err(|_| format!("keys.json: {key} is no key pair"))
        };
        Ok(Self {
            secret: member("hs256", "k")?,
            other_secret: member("hs256_other", "k")?,
            pair: pair("es256")?,
            other_pair: pair("es256_other")?,
        })
    }
}

/// An `oct` JWK.
pub(crate) fn oct(secret: &[u8]) -> Value {
    json!({"kty": "oct", "k": encode(secret)})
}

/// The same JWK under a name.
pub(crate) fn named(kid: &str, mut jwk: Value) -> Value {
    jwk["kid"] = Value::from(kid);
    jwk
}
