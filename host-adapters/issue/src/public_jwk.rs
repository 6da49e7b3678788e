//! Formats of public keys: JWK (RFC 7517), thumbprint (RFC 7638), PEM (RFC 7468).

use crate::json_object::JsonObject;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use base64ct::{Base64UrlUnpadded, Encoding};
use glowband_core::Algorithm;
use glowband_verify::PublicKey;
use pem_rfc7468::LineEnding;

/// Returns the members that identify the key, in the order that RFC 7638 requires. Returns `None` for a compressed
/// point, which a JWK cannot represent.
fn members(key: &PublicKey) -> Option<Vec<(&'static str, String)>> {
    let encode = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let point = |curve: &str, point: &[u8]| {
        let (form, coordinates) = point.split_first()?;
        let (x, y) = coordinates.split_at_checked(coordinates.len() / 2).filter(|_| *form == 4)?;
        Some(vec![("crv", curve.to_owned()), ("kty", "EC".to_owned()), ("x", encode(x)), ("y", encode(y))])
    };
    match key {
        PublicKey::P256(bytes) => point("P-256", bytes),
        PublicKey::P384(bytes) => point("P-384", bytes),
        PublicKey::P521(bytes) => point("P-521", bytes),
        PublicKey::Rsa { modulus, exponent } | PublicKey::RsaPss { modulus, exponent, .. } => {
            Some(vec![("e", encode(exponent)), ("kty", "RSA".to_owned()), ("n", encode(modulus))])
        }
        PublicKey::Ed25519(public) => {
            Some(vec![("crv", "Ed25519".to_owned()), ("kty", "OKP".to_owned()), ("x", encode(public))])
        }
        _ => None,
    }
}

/// Returns the key's SHA-256 thumbprint (RFC 7638 §3), or `None` for a compressed point.
pub fn thumbprint(key: &PublicKey) -> Option<String> {
    let mut json = JsonObject::new();
    for (name, value) in members(key)? {
        json.string(name, &value);
    }
    Some(Base64UrlUnpadded::encode_string(digest(&SHA256, &json.finish()).as_ref()))
}

/// Returns the key as a JWK for a public key set (RFC 7517 §4), or `None` for a compressed point.
pub fn json(key: &PublicKey, kid: Option<&str>, algorithm: Option<Algorithm>) -> Option<String> {
    let mut json = JsonObject::new();
    for (name, value) in members(key)? {
        json.string(name, &value);
    }
    if let Some(algorithm) = algorithm {
        json.string("alg", algorithm.name());
    }
    json.string("use", "sig");
    if let Some(kid) = kid {
        json.string("kid", kid);
    }
    String::from_utf8(json.finish()).ok()
}

/// Returns the key as PEM with the label `PUBLIC KEY` (RFC 7468 §13).
///
/// Returns `None` if the numbers are not a valid key, or if the key is limited to RSASSA-PSS, which this form would
/// lose.
pub fn pem(key: &PublicKey) -> Option<String> {
    let parsed = match key {
        PublicKey::P256(point) => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok()?,
        PublicKey::P384(point) => ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).ok()?,
        PublicKey::P521(point) => ParsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point).ok()?,
        PublicKey::Ed25519(public) => ParsedPublicKey::new(&ED25519, public).ok()?,
        PublicKey::Rsa { modulus, exponent } => {
            RsaPublicKeyComponents { n: modulus, e: exponent }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?
        }
        _ => return None,
    };
    let der: PublicKeyX509Der<'_> = parsed.as_der().ok()?;
    pem_rfc7468::encode_string("PUBLIC KEY", LineEnding::LF, der.as_ref()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Jwk;

    #[test]
    fn the_thumbprints_of_rfc_7638_and_rfc_8037() {
        let thumbprint = |jwk: &str| thumbprint(&PublicKey::from_jwk(&Jwk::parse(jwk.as_bytes()).unwrap()).unwrap());
        assert_eq!(
            thumbprint(r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#).as_deref(),
            Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        );
        assert_eq!(
            thumbprint(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#).as_deref(),
            Some("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        );
    }
}
