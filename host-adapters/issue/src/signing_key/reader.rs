//! Private key files: a JWK (RFC 7518 §6, RFC 8037 §2), or PEM with PKCS#8, SEC1 or PKCS#1 inside.

use super::{Material, SigningKey};
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{self, KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair,
};
use glowband_core::{Algorithm, Jwk, MAX_JWK_SECRET, Refusal};
use glowband_verify::{KeyFileError, KeyReader, PublicKey};
use serde::Deserialize;
use std::fmt;
use zeroize::Zeroizing;

/// Reads private keys.
///
/// ```
/// use glowband_issue::{Algorithm, Signer, SigningKey, SigningKeyReader};
///
/// let generated = SigningKey::generate(Algorithm::Es256, Some("2026-11"))?;
/// let key = SigningKeyReader::new().file(generated.private_jwk().as_bytes())?;
/// assert_eq!((key.algorithm(), key.key_id()), (Algorithm::Es256, Some("2026-11")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SigningKeyReader {
    algorithm: Option<Algorithm>,
    short_secrets: bool,
}

/// Why a file is not a key to sign with. None of it carries key material.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningKeyError {
    /// It is public only.
    NotPrivate,
    /// Its own `use` or `key_ops` forbids it.
    MayNotSign,
    /// It is encrypted with a passphrase.
    Encrypted,
    /// The PEM text holds something else, by this label.
    PemLabel(String),
    /// The parts do not belong together, or are not those of a private key.
    Inconsistent,
    /// It is for other algorithms than the one asked for.
    OtherAlgorithm(&'static [Algorithm]),
    /// It is a key in PEM, JWK or DER, handed in as a secret; no verifier would take it for one.
    KeyAsSecret,
    /// The key is refused as a verifier would refuse it.
    Refused(Refusal),
}

impl From<Refusal> for SigningKeyError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl fmt::Display for SigningKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPrivate => f.write_str("This is a public key; signing takes the private one."),
            Self::MayNotSign => f.write_str("The JWK's use or key_ops does not allow it to sign."),
            Self::Encrypted => {
                f.write_str("The key is encrypted; decrypt it first: openssl pkey -in FILE -out decrypted.pem")
            }
            Self::PemLabel(label) => {
                write!(f, "The PEM text holds {label:?}; allowed are PRIVATE KEY, EC PRIVATE KEY and RSA PRIVATE KEY.")
            }
            Self::Inconsistent => f.write_str("The private key's parts are damaged or do not belong together."),
            Self::OtherAlgorithm(own) => {
                let own: Vec<_> = own.iter().map(|algorithm| algorithm.name()).collect();
                write!(f, "The key is for {}.", own.join(" or "))
            }
            Self::KeyAsSecret => KeyFileError::KeyAsSecret.fmt(f),
            Self::Refused(refusal) => write!(f, "{} {}: {refusal}", refusal.code(), refusal.name()),
        }
    }
}

impl std::error::Error for SigningKeyError {}

impl SigningKeyReader {
    /// A reader that takes every algorithm, and refuses HMAC secrets that are shorter than the hash (RFC 7518 §3.2).
    pub const fn new() -> Self {
        Self { algorithm: None, short_secrets: false }
    }

    /// Sets the algorithm, where the key leaves a choice (RSA keys and secrets) or must be of one.
    #[must_use]
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Takes shorter HMAC secrets too, never empty ones. Whoever holds one token can find a short secret by trying.
    #[must_use]
    pub const fn danger_allow_short_secret(mut self) -> Self {
        self.short_secrets = true;
        self
    }

    /// Reads a private JWK, or PEM with PKCS#8, SEC1 or PKCS#1 inside; the content says which.
    ///
    /// # Errors
    /// Any [`SigningKeyError`].
    pub fn file(&self, text: &[u8]) -> Result<SigningKey, SigningKeyError> {
        // The byte order mark that some editors write.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        match text.trim_ascii_start().first() {
            Some(b'{') => self.jwk(text),
            _ => self.pem(text),
        }
    }

    /// A secret's bytes exactly as they are.
    ///
    /// # Errors
    /// [`SigningKeyError::KeyAsSecret`], [`SigningKeyError::OtherAlgorithm`], and [`Refusal::SecretTooShort`].
    pub fn secret(&self, secret: &[u8]) -> Result<SigningKey, SigningKeyError> {
        let algorithm = self.choose(HMAC)?;
        let least = algorithm.signature_length().unwrap_or(usize::MAX);
        if secret.is_empty() || secret.len() < least && !self.short_secrets {
            return Err(Refusal::SecretTooShort.into());
        }
        if KeyReader::new().danger_allow_short_secret().secret(secret).is_err() {
            return Err(SigningKeyError::KeyAsSecret);
        }
        let hash = match algorithm {
            Algorithm::Hs384 => hmac::HMAC_SHA384,
            Algorithm::Hs512 => hmac::HMAC_SHA512,
            _ => hmac::HMAC_SHA256,
        };
        let material = Material::Hmac(Box::new(hmac::Key::new(hash, secret)));
        Ok(SigningKey { algorithm, kid: None, material })
    }

    fn jwk(&self, text: &[u8]) -> Result<SigningKey, SigningKeyError> {
        let jwk = Jwk::parse(text)?;
        let usage: Usage = serde_json::from_slice(text).map_err(|_| Refusal::JwkMalformed)?;
        if !usage.may_sign() {
            return Err(SigningKeyError::MayNotSign);
        }
        let bound = Self { algorithm: jwk.algorithm()?, ..*self };
        let kid = jwk.key_id().map(|kid| kid.to_string());
        if jwk.key_type() == *"oct" {
            let algorithm = bound.bound_choice(self, HMAC)?;
            let mut buffer = Zeroizing::new([0; MAX_JWK_SECRET]);
            let reader = Self { algorithm: Some(algorithm), ..bound };
            let key = reader.secret(jwk.bytes("k", buffer.as_mut_slice())?)?;
            return Ok(SigningKey { kid, ..key });
        }
        let public = PublicKey::from_jwk(&jwk)?;
        let algorithm = bound.bound_choice(self, public.algorithms())?;
        if usage.d.is_none() {
            return Err(SigningKeyError::NotPrivate);
        }
        let material = private_part(&jwk, &public)?;
        Ok(SigningKey { algorithm, kid, material })
    }

    fn pem(&self, text: &[u8]) -> Result<SigningKey, SigningKeyError> {
        let text = skip_parameters(text);
        let label = pem_rfc7468::decode_label(text).map_err(|_| Refusal::KeyMalformed)?;
        match label {
            "PRIVATE KEY" | "EC PRIVATE KEY" | "RSA PRIVATE KEY" => {}
            "ENCRYPTED PRIVATE KEY" => return Err(SigningKeyError::Encrypted),
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => return Err(SigningKeyError::NotPrivate),
            _ => return Err(SigningKeyError::PemLabel(label.to_owned())),
        }
        // The old way of encrypting a key puts headers inside.
        if text.windows(10).any(|window| window == b",ENCRYPTED") {
            return Err(SigningKeyError::Encrypted);
        }
        let (label, der) = pem_rfc7468::decode_vec(text).map_err(|_| Refusal::KeyMalformed)?;
        let der = Zeroizing::new(der);
        let (own, material) = from_der(label, &der).ok_or(SigningKeyError::Inconsistent)?;
        Ok(SigningKey { algorithm: self.choose(own)?, kid: None, material })
    }

    /// The algorithm that a JWK names (in `self`), if it is of its type and not another than the one that is wanted; what
    /// is wanted, or the first of its type's, if the JWK names none.
    fn bound_choice(&self, wanted: &Self, own: &'static [Algorithm]) -> Result<Algorithm, SigningKeyError> {
        self.choose(own).map_err(|_| Refusal::JwkAlgorithmConflict)?;
        match self.algorithm {
            Some(named) if wanted.algorithm.is_some_and(|wanted| wanted != named) => {
                Err(SigningKeyError::OtherAlgorithm(only(named)))
            }
            Some(named) => Ok(named),
            None => wanted.choose(own),
        }
    }

    /// The wanted algorithm if it is one of the key's own, or the first of these.
    fn choose(&self, own: &'static [Algorithm]) -> Result<Algorithm, SigningKeyError> {
        match (self.algorithm, own.first()) {
            (None, Some(first)) => Ok(*first),
            (Some(wanted), _) if own.contains(&wanted) => Ok(wanted),
            _ => Err(SigningKeyError::OtherAlgorithm(own)),
        }
    }
}

/// What a JWK says of its use, and whether it is private at all.
#[derive(Deserialize)]
struct Usage {
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    d: Option<serde::de::IgnoredAny>,
}

impl Usage {
    fn may_sign(&self) -> bool {
        self.usage.as_deref().is_none_or(|usage| usage == "sig" || usage == "jwt-svid")
            && self.key_ops.as_ref().is_none_or(|operations| {
                operations.is_empty() || operations.iter().any(|operation| operation == "sign")
            })
    }
}

fn private_part(jwk: &Jwk<'_>, public: &PublicKey) -> Result<Material, SigningKeyError> {
    let inconsistent = |_| SigningKeyError::Inconsistent;
    let mut d = Zeroizing::new([0; 1024]);
    let d = jwk.bytes("d", d.as_mut_slice())?;
    let ecdsa = |algorithm: &'static EcdsaSigningAlgorithm, field: usize, point: &[u8]| {
        let d = full_length(d, field)?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &d, point).map_err(inconsistent)?;
        Ok::<_, SigningKeyError>(Material::Ecdsa(pair))
    };
    Ok(match public {
        PublicKey::P256(point) => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING, 32, point)?,
        PublicKey::P384(point) => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING, 48, point)?,
        PublicKey::P521(point) => ecdsa(&ECDSA_P521_SHA512_FIXED_SIGNING, 66, point)?,
        PublicKey::Ed25519(_) if d.len() != 32 => return Err(Refusal::JwkMalformed.into()),
        PublicKey::Ed25519(public) => {
            Material::Ed25519(Ed25519KeyPair::from_seed_and_public_key(d, public).map_err(inconsistent)?)
        }
        PublicKey::Rsa { modulus, exponent } => {
            let part = |name: &str| {
                let mut buffer = Zeroizing::new([0; 1024]);
                jwk.bytes(name, buffer.as_mut_slice()).map(|bytes| Zeroizing::new(bytes.to_vec()))
            };
            let (p, q, dp, dq, qi) = (part("p")?, part("q")?, part("dp")?, part("dq")?, part("qi")?);
            let components = KeyPairComponents {
                public_key: PublicKeyComponents { n: modulus.as_slice(), e: exponent.as_slice() },
                d,
                p: p.as_slice(),
                q: q.as_slice(),
                dP: dp.as_slice(),
                dQ: dq.as_slice(),
                qInv: qi.as_slice(),
            };
            Material::Rsa(rsa::KeyPair::from_components(&components).map_err(inconsistent)?)
        }
        _ => return Err(Refusal::KeyUnsupported.into()),
    })
}

/// A private number has the full length of the field (RFC 7518 §6.2.2.1). Some write the number instead: without its
/// leading zeros, or with one more.
fn full_length(number: &[u8], field: usize) -> Result<Zeroizing<Vec<u8>>, SigningKeyError> {
    let digits = number.strip_prefix(&[0]).filter(|digits| digits.len() == field).unwrap_or(number);
    let zeros = field.checked_sub(digits.len()).filter(|_| !digits.is_empty()).ok_or(Refusal::JwkMalformed)?;
    let mut full = Zeroizing::new(vec![0; field]);
    full[zeros..].copy_from_slice(digits);
    Ok(full)
}

/// The label names the form; PKCS#8 itself names the type, and only one of them fits.
fn from_der(label: &str, der: &[u8]) -> Option<(&'static [Algorithm], Material)> {
    let p256 = || EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der).ok();
    let p384 = || EcdsaKeyPair::from_private_key_der(&ECDSA_P384_SHA384_FIXED_SIGNING, der).ok();
    let p521 = || EcdsaKeyPair::from_private_key_der(&ECDSA_P521_SHA512_FIXED_SIGNING, der).ok();
    let ecdsa = || {
        let p256 = p256().map(|pair| (only(Algorithm::Es256), Material::Ecdsa(pair)));
        let p384 = || p384().map(|pair| (only(Algorithm::Es384), Material::Ecdsa(pair)));
        let p521 = || p521().map(|pair| (only(Algorithm::Es512), Material::Ecdsa(pair)));
        p256.or_else(p384).or_else(p521)
    };
    match label {
        "EC PRIVATE KEY" => ecdsa(),
        "RSA PRIVATE KEY" => rsa::KeyPair::from_der(der).ok().map(|pair| (RSA, Material::Rsa(pair))),
        _ => ecdsa().or_else(|| rsa::KeyPair::from_pkcs8(der).ok().map(|pair| (RSA, Material::Rsa(pair)))).or_else(
            || {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()?;
                Some((only(Algorithm::EdDsa), Material::Ed25519(pair)))
            },
        ),
    }
}

/// `openssl ecparam -genkey` writes the curve into a section of its own, before the key that names it again.
fn skip_parameters(text: &[u8]) -> &[u8] {
    const END: &[u8] = b"-----END EC PARAMETERS-----";
    let end = text.windows(END.len()).position(|window| window == END);
    end.map_or(text, |at| text[at + END.len()..].trim_ascii_start())
}

/// What a secret that names no algorithm can be for, and what it is for unless told otherwise.
const HMAC: &[Algorithm] = &[Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];
/// The same for an RSA key.
const RSA: &[Algorithm] =
    &[Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512];

fn only(algorithm: Algorithm) -> &'static [Algorithm] {
    Algorithm::ALL.iter().position(|one| *one == algorithm).map_or(&[], |at| &Algorithm::ALL[at..=at])
}

#[cfg(test)]
mod tests;
