//! What a header comes to (RFC 7515 section 4, and what this project refuses in it).

use super::json::{object, text};
use super::why::Why;
use glowband_core::{Algorithm, Refusal};

#[derive(Debug)]
pub struct Header {
    pub algorithm: Algorithm,
    pub key_id: Option<String>,
    pub token_type: Option<String>,
}

/// # Errors
/// Any [`Why`].
pub fn read(json: &[u8]) -> Result<Header, Why> {
    let members = object(json)?;
    if members.contains_key("crit") {
        return Err(Why::Exactly(Refusal::CriticalHeader));
    }
    if ["b64", "zip", "enc"].iter().any(|name| members.contains_key(*name)) {
        return Err(Why::Exactly(Refusal::HeaderForbidden));
    }
    let string = |name: &str| match members.get(name).map(|value| text(value)) {
        Some(None) => Err(Why::Exactly(Refusal::HeaderMalformed)),
        string => Ok(string.flatten()),
    };
    let (algorithm, key_id, token_type) = (string("alg")?, string("kid")?, string("typ")?);
    let algorithm = match algorithm.as_deref() {
        Some("HS256") => Algorithm::Hs256,
        Some("HS384") => Algorithm::Hs384,
        Some("HS512") => Algorithm::Hs512,
        Some("ES256") => Algorithm::Es256,
        Some("ES384") => Algorithm::Es384,
        Some("ES512") => Algorithm::Es512,
        Some("RS256") => Algorithm::Rs256,
        Some("RS384") => Algorithm::Rs384,
        Some("RS512") => Algorithm::Rs512,
        Some("PS256") => Algorithm::Ps256,
        Some("PS384") => Algorithm::Ps384,
        Some("PS512") => Algorithm::Ps512,
        Some("EdDSA" | "Ed25519") => Algorithm::EdDsa,
        Some(none) if none.eq_ignore_ascii_case("none") => return Err(Why::Exactly(Refusal::AlgorithmNone)),
        Some(_) => return Err(Why::Exactly(Refusal::AlgorithmUnsupported)),
        None => return Err(Why::Exactly(Refusal::AlgorithmMissing)),
    };
    Ok(Header { algorithm, key_id, token_type })
}

impl Header {
    /// Whether `typ` is this type (RFC 7515 section 4.1.9).
    pub fn is_of_type(&self, expected: &str) -> Option<bool> {
        let short = |media_type: &str| {
            let lower = media_type.to_ascii_lowercase();
            lower.strip_prefix("application/").map_or(lower.clone(), str::to_owned)
        };
        self.token_type.as_deref().map(|own| short(own) == short(expected))
    }
}
