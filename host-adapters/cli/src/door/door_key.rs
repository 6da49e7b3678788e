//! Keys as a door takes them: a JWK with a name, on one line, nothing private in it but a shared secret.

use crate::Stop;
use crate::key_file::{contents, name};
use glowband_core::{Algorithm, Jwk};
use glowband_issue::{Signer, SigningKeyReader, public_jwk};
use glowband_text::json::push_minified;
use glowband_verify::PublicKey;
use std::path::Path;

/// The key of a file: JWK or PEM, public or private, of which the public part is taken; or a JWK with a secret.
pub(super) fn jwk(path: &Path) -> Result<String, Stop> {
    let unusable = |reason: &str| Stop::Usage(format!("{}: {reason}", name(path)));
    let text = contents(path)?;
    if let Ok(jwk) = Jwk::parse(&text)
        && jwk.key_type() == *"oct"
    {
        if jwk.key_id().is_none() {
            return Err(unusable("a door knows keys by their kid; this JWK has none"));
        }
        let mut line = Vec::new();
        push_minified(&mut line, text.trim_ascii());
        return String::from_utf8(line).map_err(|_| unusable("not text"));
    }
    let (public, kid) = public(&text).ok_or_else(|| unusable("not a key for ES256 or HS256 in a JWK or PEM"))?;
    let kid = kid.or_else(|| public_jwk::thumbprint(&public));
    let jwk = public_jwk::json(&public, kid.as_deref(), Some(Algorithm::Es256));
    jwk.ok_or_else(|| unusable("not a key for ES256 or HS256 in a JWK or PEM"))
}

/// The name under which the door knows the key of this file.
pub(super) fn kid(path: &Path) -> Result<String, Stop> {
    let jwk = jwk(path)?;
    let kid = Jwk::parse(jwk.as_bytes()).ok().and_then(|jwk| jwk.key_id().map(|kid| kid.to_string()));
    kid.ok_or_else(|| Stop::Usage(format!("{}: the key has no kid", name(path))))
}

fn public(text: &[u8]) -> Option<(PublicKey, Option<String>)> {
    let found = if let Ok(jwk) = Jwk::parse(text) {
        (PublicKey::from_jwk(&jwk).ok()?, jwk.key_id().map(|kid| kid.to_string()))
    } else if let Ok(private) = SigningKeyReader::new().file(text) {
        (private.public_key()?, None)
    } else {
        (PublicKey::all_from_pem(text).ok()?.into_iter().next()?, None)
    };
    matches!(found.0, PublicKey::P256(_)).then_some(found)
}
