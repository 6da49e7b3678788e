//! Compact JWS (RFC 7515 §3.1, §5.1): header, payload and signature.

use crate::json_object::JsonObject;
use crate::signer::{SignError, Signer};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::Algorithm;

/// Signs `payload`. The header contains the signer's `alg` and `kid`, and `typ` if `token_type` is given.
///
/// # Errors
/// Returns the signer's error, or [`SignError::Malformed`] if the signature does not have the algorithm's length.
pub async fn sign_compact(signer: &dyn Signer, token_type: Option<&str>, payload: &[u8]) -> Result<String, SignError> {
    let signing_input = signing_input(signer.algorithm(), token_type, signer.key_id(), payload);
    let signature = signer.sign(signing_input.as_bytes()).await?;
    joined(signing_input, signer.algorithm(), &signature)
}

pub(crate) fn signing_input(
    algorithm: Algorithm,
    token_type: Option<&str>,
    kid: Option<&str>,
    payload: &[u8],
) -> String {
    let mut header = JsonObject::new();
    header.string("alg", algorithm.name());
    for (name, value) in [("typ", token_type), ("kid", kid)] {
        if let Some(value) = value {
            header.string(name, value);
        }
    }
    format!("{}.{}", encode(&header.finish()), encode(payload))
}

pub(crate) fn joined(signing_input: String, algorithm: Algorithm, signature: &[u8]) -> Result<String, SignError> {
    let fits = match algorithm.signature_length() {
        Some(length) => signature.len() == length,
        // The length of the modulus: 2048 to 8192 bits.
        None => (256..=1024).contains(&signature.len()),
    };
    if fits { Ok(signing_input + "." + &encode(signature)) } else { Err(SignError::Malformed) }
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
