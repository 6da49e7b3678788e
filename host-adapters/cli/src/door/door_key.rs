//! Converts key files to the form that a door accepts: a JWK on one line with a kid, either public or an HMAC secret.

use crate::Stop;
use crate::key_file::{contents, name};
use glowband_core::{Algorithm, Jwk};
use glowband_issue::{Signer, SigningKeyReader, public_jwk};
use glowband_text::json::push_minified;
use glowband_verify::PublicKey;
use std::path::Path;

const NO_KEY: &str = "there is no key for ES256 or HS256; allowed: a JWK, or a P-256 key in PEM";

/// Reads a key from a file with a JWK or PEM. Returns the public part of a private key, or the JWK of an HMAC secret.
pub(super) fn jwk(path: &Path) -> Result<String, Stop> {
    let unusable = |reason: &str| Stop::Usage(format!("{}: {reason}", name(path)));
    let text = contents(path)?;
    if let Ok(jwk) = Jwk::parse(&text)
        && jwk.key_type() == *"oct"
    {
        if jwk.key_id().is_none() {
            return Err(unusable("the JWK has no kid; a door needs it to select the key"));
        }
        let mut line = Vec::new();
        push_minified(&mut line, text.trim_ascii());
        return String::from_utf8(line).map_err(|_| unusable("the JWK is not UTF-8"));
    }
    let (public, kid) = public(&text).ok_or_else(|| unusable(NO_KEY))?;
    let kid = kid.or_else(|| public_jwk::thumbprint(&public));
    let jwk = public_jwk::json(&public, kid.as_deref(), Some(Algorithm::Es256));
    jwk.ok_or_else(|| unusable(NO_KEY))
}

/// Returns the kid of the key in this file, as the door knows it.
pub(super) fn kid(path: &Path) -> Result<String, Stop> {
    let jwk = jwk(path)?;
    let kid = Jwk::parse(jwk.as_bytes()).ok().and_then(|jwk| jwk.key_id().map(|kid| kid.to_string()));
    kid.ok_or_else(|| Stop::Usage(format!("{}: the key has no kid", name(path))))
}

fn public(text: &[u8]) -> Option<(PublicKey, Option<String>)> {
    let found = if let Ok(jwk) = Jwk::parse(text) {
        (PublicKey::from_jwk(&jwk).ok()?, jwk.key_id().map(|kid| kid.to_string()))
    } else if let Ok(private) = SigningKeyReader::new().parse(text) {
        (private.public_key()?, None)
    } else {
        (PublicKey::all_from_pem(text).ok()?.into_iter().next()?, None)
    };
    matches!(found.0, PublicKey::P256(_)).then_some(found)
}
