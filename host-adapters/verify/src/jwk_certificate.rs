//! The certificate of a JWK that has no numbers of its own (`x5c`, RFC 7517 §4.7).

use crate::certificate::Certificate;
use crate::jwk_members::JwkMembers;
use crate::key_fault::{KeyFault, shown};
use crate::public_key::{PublicKey, spki_fault};
use base64ct::{Base64, Encoding};
use glowband_core::{Jwk, Refusal};

/// The key of the first certificate; `None` if the JWK has no `x5c`, or has numbers, which count alone then.
pub(crate) fn public_key(jwk: &Jwk<'_>) -> Option<Result<PublicKey, KeyFault>> {
    let members = JwkMembers::read(jwk.json())?;
    let numbers: &[&str] = if jwk.key_type() == *"RSA" { &["n", "e"] } else { &["x", "y"] };
    let type_is_known = ["RSA", "EC", "OKP"].iter().any(|known| jwk.key_type() == **known);
    if !type_is_known || numbers.iter().any(|name| members.get(name).is_some()) {
        return None;
    }
    let chain = members.get("x5c")?;
    Some(first(chain.get()).and_then(|public| belongs(jwk, public)))
}

fn first(chain: &str) -> Result<PublicKey, KeyFault> {
    let fault = |words: &str| KeyFault::member(Refusal::JwkMalformed, "x5c", words);
    let chain: Vec<String> =
        serde_json::from_str(chain).map_err(|_| fault("is not a list of strings; allowed: certificates in base64"))?;
    let certificate = chain.first().ok_or_else(|| fault("is empty; allowed: at least one certificate"))?;
    // Base64, not base64url, in one piece (RFC 7517 §4.7); some break it into lines.
    let characters: String = certificate.split_ascii_whitespace().collect();
    let der = Base64::decode_vec(&characters).map_err(|_| fault("does not begin with a certificate in base64"))?;
    let certificate =
        Certificate::read(&der).ok_or_else(|| fault("does not begin with an X.509 certificate in DER"))?;
    PublicKey::from_spki(certificate.public_key).map_err(|refusal| {
        let fault = spki_fault(certificate.public_key, refusal).to_string();
        let refusal = if refusal == Refusal::KeyMalformed { Refusal::JwkMalformed } else { refusal };
        KeyFault::member(refusal, "x5c", format!("has a key that cannot be used. {}", fault.trim_end_matches('.')))
    })
}

/// The certificate's key is of the type and on the curve that the JWK names.
fn belongs(jwk: &Jwk<'_>, public: PublicKey) -> Result<PublicKey, KeyFault> {
    let (kind, curve) = match public {
        PublicKey::P256(_) => ("EC", "P-256"),
        PublicKey::P384(_) => ("EC", "P-384"),
        PublicKey::P521(_) => ("EC", "P-521"),
        PublicKey::Ed25519(_) => ("OKP", "Ed25519"),
        PublicKey::Rsa { .. } | PublicKey::RsaPss { .. } => ("RSA", ""),
    };
    let same_curve = kind == "RSA" || jwk.curve().is_none_or(|own| own == *curve);
    if jwk.key_type() == *kind && same_curve {
        return Ok(public);
    }
    let found = format!("{kind} {curve}");
    let asked = [Some(jwk.key_type()), jwk.curve()].into_iter().flatten().map(|text| text.to_string());
    let asked = asked.collect::<Vec<_>>().join(" ");
    let words = format!("has a key of the type {}; allowed for this JWK: {}", found.trim_end(), shown(&asked));
    Err(KeyFault::member(Refusal::JwkMalformed, "x5c", words))
}
