//! The public key of a JWK: its numbers, or the first certificate of its `x5c`.

use crate::certificate::Certificate;
use crate::jwk_members::JwkMembers;
use crate::key_fault::{KeyFault, shown};
use crate::public_key::{PublicKey, spki_fault};
use base64ct::{Base64, Encoding};
use glowband_core::{Jwk, Refusal};

impl PublicKey {
    /// Reads `EC` P-256, P-384 and P-521, `RSA`, and `OKP` Ed25519 (RFC 7518 §6.2 and §6.3, RFC 8037 §2); private
    /// members are ignored. A JWK without numbers of its own is read from the first certificate of its `x5c`.
    /// The `alg`, `use` and `key_ops` of the JWK are not checked here.
    ///
    /// Leading zeros of `n` and `e` are dropped, and missing ones of a coordinate are added: issuers write both.
    ///
    /// # Errors
    /// [`Refusal::JwkMalformed`] if a member is missing, not base64url, or longer than the curve's;
    /// [`Refusal::KeyUnsupported`] for other types and curves. [`jwk_fault`](Self::jwk_fault) names the member.
    pub fn from_jwk(jwk: &Jwk<'_>) -> Result<Self, Refusal> {
        if let Some(public) = of_certificate(jwk) {
            return public.map_err(|fault| fault.refusal());
        }
        let curve = |name: &str| jwk.curve().is_some_and(|curve| curve == *name);
        match () {
            () if jwk.key_type() == *"RSA" => {
                // More than the longest modulus of 8192 bits, so that a longer one is refused for its length.
                let (mut modulus, mut exponent) = (vec![0; 4096], [0; 64]);
                Ok(Self::Rsa {
                    modulus: number(jwk.bytes("n", &mut modulus)?)?,
                    exponent: number(jwk.bytes("e", &mut exponent)?)?,
                })
            }
            () if jwk.key_type() == *"EC" && curve("P-256") => point(jwk, 32).map(Self::P256),
            () if jwk.key_type() == *"EC" && curve("P-384") => point(jwk, 48).map(Self::P384),
            () if jwk.key_type() == *"EC" && curve("P-521") => point(jwk, 66).map(Self::P521),
            () if jwk.key_type() == *"OKP" && curve("Ed25519") => {
                let mut public = [0; 32];
                match jwk.bytes("x", &mut public)?.len() {
                    32 => Ok(Self::Ed25519(public)),
                    _ => Err(Refusal::JwkMalformed),
                }
            }
            () if (jwk.key_type() == *"EC" || jwk.key_type() == *"OKP") && jwk.curve().is_none() => {
                Err(Refusal::JwkMalformed)
            }
            () => Err(Refusal::KeyUnsupported),
        }
    }
}

/// Returns the key of the first certificate (RFC 7517 §4.7); `None` if the JWK has no `x5c`, or has numbers, which take
/// precedence.
pub(crate) fn of_certificate(jwk: &Jwk<'_>) -> Option<Result<PublicKey, KeyFault>> {
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

/// Checks that the certificate's key has the type and the curve of the JWK.
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

/// Drops leading zeros, which Java's BigInteger writes and RFC 7518 §6.3.1.1 does not allow.
fn number(octets: &[u8]) -> Result<Vec<u8>, Refusal> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    match octets.get(zeros..) {
        Some(digits) if !digits.is_empty() => Ok(digits.to_vec()),
        _ => Err(Refusal::JwkMalformed),
    }
}

/// Reads a point. Coordinates have the full length of the field (RFC 7518 §6.2.1.2), but some issuers write them without
/// leading zeros, or with one more.
fn point(jwk: &Jwk<'_>, field: usize) -> Result<Vec<u8>, Refusal> {
    let mut point = vec![0; 1 + 2 * field];
    let (form, coordinates) = point.split_at_mut(1);
    form.fill(4);
    for (member, place) in ["x", "y"].into_iter().zip(coordinates.chunks_exact_mut(field)) {
        let mut buffer = vec![0; field + 1];
        let written = jwk.bytes(member, &mut buffer)?;
        let digits = match written {
            [] => return Err(Refusal::JwkMalformed),
            [0, rest @ ..] if rest.len() == field => rest,
            all => all,
        };
        let zeros = field.checked_sub(digits.len()).ok_or(Refusal::JwkMalformed)?;
        place[zeros..].copy_from_slice(digits);
    }
    Ok(point)
}
