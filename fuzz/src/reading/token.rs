//! A whole token, from its dots to its dates.

use super::base64url::decode;
use super::claims;
use super::header::{self, Header};
use super::terms::{TOKEN_LIMIT, Terms};
use super::why::Why;
use glowband_core::{Algorithm, Refusal};

/// The keys of another implementation.
pub trait OtherKeys {
    /// Whether there is a key for a token with this header.
    ///
    /// # Errors
    /// [`Refusal::KeyNotFound`] and [`Refusal::AlgorithmMismatch`].
    fn select(&self, header: &Header) -> Result<(), Refusal>;

    /// Whether one of those keys made the signature.
    fn genuine(&self, header: &Header, signed: &[u8], signature: &[u8]) -> bool;
}

/// Three segments, or why there are not three.
///
/// # Errors
/// [`Why::Exactly`].
pub fn segments(token: &[u8]) -> Result<[&[u8]; 3], Why> {
    if token.len() > TOKEN_LIMIT {
        return Err(Why::Exactly(Refusal::TokenTooLong));
    }
    if token.starts_with(b"{") {
        return Err(Why::Exactly(Refusal::JsonSerialization));
    }
    let parts: Vec<&[u8]> = token.split(|byte| *byte == b'.').collect();
    match parts.as_slice() {
        [header, payload, signature] => Ok([header, payload, signature]),
        [_, _, _, _, _] => Err(Why::Exactly(Refusal::EncryptedToken)),
        _ => Err(Why::Exactly(Refusal::SegmentCount)),
    }
}

/// The verdict on a token.
///
/// # Errors
/// Any [`Why`].
pub fn check(token: &[u8], terms: &Terms, keys: &impl OtherKeys) -> Result<(), Why> {
    let [header, payload, signature] = segments(token)?;
    let signed = &token[..header.len() + 1 + payload.len()];
    let decoded = |segment| decode(segment).ok_or(Why::Exactly(Refusal::Base64Invalid));
    let header = header::read(&decoded(header)?)?;
    keys.select(&header).map_err(Why::Exactly)?;
    let signature = decoded(signature)?;
    of_right_length(header.algorithm, &signature).map_err(Why::Exactly)?;
    if !keys.genuine(&header, signed, &signature) {
        return Err(Why::Exactly(Refusal::BadSignature));
    }
    claims::check(&header, &decoded(payload)?, terms)
}

fn of_right_length(algorithm: Algorithm, signature: &[u8]) -> Result<(), Refusal> {
    let (length, ecdsa) = match algorithm {
        Algorithm::Hs256 => (32, false),
        Algorithm::Hs384 => (48, false),
        Algorithm::Hs512 | Algorithm::EdDsa => (64, false),
        Algorithm::Es256 => (64, true),
        Algorithm::Es384 => (96, true),
        Algorithm::Es512 => (132, true),
        _ => (signature.len().max(1), false),
    };
    if signature.is_empty() {
        Err(Refusal::SignatureMissing)
    } else if signature.len() == length {
        Ok(())
    } else if ecdsa && is_der_sequence(signature) {
        Err(Refusal::SignatureDer)
    } else {
        Err(Refusal::SignatureLength)
    }
}

/// Whether the bytes are one SEQUENCE of DER, by their tag and length alone.
fn is_der_sequence(bytes: &[u8]) -> bool {
    match bytes.get(..3) {
        Some(&[0x30, 0x81, length]) if length >= 128 && usize::from(length) == bytes.len() - 3 => true,
        Some(&[0x30, length, _]) => usize::from(length) == bytes.len() - 2,
        _ => bytes == [0x30, 0],
    }
}
