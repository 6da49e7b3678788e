//! Reads private keys: a JWK (RFC 7518 §6, RFC 8037 §2), or PEM with PKCS#8, SEC1 or PKCS#1.

use super::{Material, SigningKey};
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{self, KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair,
};
use glowband_core::{Algorithm, Jwk, MAX_JWK_SECRET, Refusal};
use glowband_verify::{KeyFileError, KeyReader, MAX_KEY_FILE, PublicKey};
use serde::Deserialize;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Reads private keys.
///
/// ```
/// use glowband_issue::{Algorithm, Signer, SigningKey, SigningKeyReader};
///
/// let generated = SigningKey::generate(Algorithm::Es256, Some("2026-11"))?;
/// let key = SigningKeyReader::new().parse(generated.private_jwk().as_bytes())?;
/// assert_eq!((key.algorithm(), key.key_id()), (Algorithm::Es256, Some("2026-11")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SigningKeyReader {
    algorithm: Option<Algorithm>,
    short_secrets: bool,
}

/// Why a file is not a signing key. Errors contain no key material.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SigningKeyError {
    /// The file cannot be read.
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// The kind of the error.
        kind: io::ErrorKind,
    },
    /// The file is longer than [`MAX_KEY_FILE`].
    TooLong,
    /// It is a public key.
    NotPrivate,
    /// Its member `use` or `key_ops` does not allow signing.
    MayNotSign,
    /// It is encrypted with a passphrase.
    Encrypted,
    /// The PEM text has this label, which is not that of a private key.
    PemLabel(String),
    /// The parts of the key do not belong together, or are not a private key.
    Inconsistent,
    /// The key is for these algorithms, not for the requested one.
    OtherAlgorithm(&'static [Algorithm]),
    /// The secret is a key in PEM, JWK or DER. Verifiers refuse such secrets.
    KeyAsSecret,
    /// A verifier would refuse the key for the same reason.
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
            Self::Unreadable { path, kind } => write!(f, "The key file {} cannot be read: {kind}.", path.display()),
            Self::TooLong => KeyFileError::TooLong.fmt(f),
            Self::NotPrivate => f.write_str("This is a public key; signing needs the private key."),
            Self::MayNotSign => f.write_str("The member use or key_ops of the JWK does not allow signing."),
            Self::Encrypted => {
                f.write_str("The key is encrypted; decrypt it first: openssl pkey -in FILE -out decrypted.pem")
            }
            Self::PemLabel(label) => {
                write!(f, "The PEM label is {label:?}; allowed: PRIVATE KEY, EC PRIVATE KEY and RSA PRIVATE KEY.")
            }
            Self::Inconsistent => f.write_str("The parts of the private key are damaged or do not belong together."),
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
    /// Creates a reader for every algorithm. It refuses HMAC secrets that are shorter than the hash (RFC 7518 §3.2).
    pub const fn new() -> Self {
        Self { algorithm: None, short_secrets: false }
    }

    /// Sets the algorithm. RSA keys and secrets can be used with several; other keys must be for this one.
    #[must_use]
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Also accepts shorter HMAC secrets, except empty ones. Anyone with one token can find a short secret by trying.
    #[must_use]
    pub const fn danger_allow_short_secret(mut self) -> Self {
        self.short_secrets = true;
        self
    }

    /// Reads the key file at this path. The content is parsed as by [`parse`](Self::parse).
    ///
    /// # Errors
    /// Returns [`SigningKeyError::Unreadable`] if the file cannot be read, [`SigningKeyError::TooLong`] if it is longer than
    /// [`MAX_KEY_FILE`], or an error of [`parse`](Self::parse).
    pub fn open(&self, path: impl AsRef<Path>) -> Result<SigningKey, SigningKeyError> {
        let path = path.as_ref();
        let unreadable = |error: io::Error| SigningKeyError::Unreadable { path: path.to_owned(), kind: error.kind() };
        let mut content = Zeroizing::new(Vec::with_capacity(MAX_KEY_FILE + 1));
        let file = File::open(path).map_err(unreadable)?;
        file.take(MAX_KEY_FILE as u64 + 1).read_to_end(&mut content).map_err(unreadable)?;
        if content.len() > MAX_KEY_FILE {
            return Err(SigningKeyError::TooLong);
        }
        self.parse(&content)
    }

    /// Parses a private JWK, or PEM with PKCS#8, SEC1 or PKCS#1. The content determines the format.
    ///
    /// # Errors
    /// Returns [`SigningKeyError`] if the text is not a private key for the algorithm.
    pub fn parse(&self, text: &[u8]) -> Result<SigningKey, SigningKeyError> {
        // Some editors write a byte order mark.
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        match text.trim_ascii_start().first() {
            Some(b'{') => self.jwk(text),
            _ => self.pem(text),
        }
    }

    /// Uses the bytes of a secret unchanged.
    ///
    /// # Errors
    /// Returns [`SigningKeyError::KeyAsSecret`], [`SigningKeyError::OtherAlgorithm`] or [`Refusal::SecretTooShort`].
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
        // The older PEM encryption has headers inside (RFC 1421).
        if text.windows(10).any(|window| window == b",ENCRYPTED") {
            return Err(SigningKeyError::Encrypted);
        }
        let (label, der) = pem_rfc7468::decode_vec(text).map_err(|_| Refusal::KeyMalformed)?;
        let der = Zeroizing::new(der);
        let (own, material) = from_der(label, &der).ok_or(SigningKeyError::Inconsistent)?;
        Ok(SigningKey { algorithm: self.choose(own)?, kid: None, material })
    }

    /// Returns the algorithm for a JWK. `self` has the JWK's own `alg`; it must be for the key's type and must not
    /// differ from the requested one. Without `alg`, returns the requested algorithm, or the first of the key's type.
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

    /// Returns the requested algorithm if it is one of the key's algorithms; the first of these if none was requested.
    fn choose(&self, own: &'static [Algorithm]) -> Result<Algorithm, SigningKeyError> {
        match (self.algorithm, own.first()) {
            (None, Some(first)) => Ok(*first),
            (Some(wanted), _) if own.contains(&wanted) => Ok(wanted),
            _ => Err(SigningKeyError::OtherAlgorithm(own)),
        }
    }
}

/// The members of a JWK that restrict its use, and `d`, which only private keys have.
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

/// Pads a private number to the length of the field (RFC 7518 §6.2.2.1). Some issuers leave out leading zeros, or write
/// one more.
fn full_length(number: &[u8], field: usize) -> Result<Zeroizing<Vec<u8>>, SigningKeyError> {
    let digits = number.strip_prefix(&[0]).filter(|digits| digits.len() == field).unwrap_or(number);
    let zeros = field.checked_sub(digits.len()).filter(|_| !digits.is_empty()).ok_or(Refusal::JwkMalformed)?;
    let mut full = Zeroizing::new(vec![0; field]);
    full[zeros..].copy_from_slice(digits);
    Ok(full)
}

/// Parses DER. The PEM label names the format. PKCS#8 contains the key's type, so only one of the parsers succeeds.
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

/// Skips a leading section with the curve's parameters, which `openssl ecparam -genkey` writes before the key.
fn skip_parameters(text: &[u8]) -> &[u8] {
    const END: &[u8] = b"-----END EC PARAMETERS-----";
    let end = text.windows(END.len()).position(|window| window == END);
    end.map_or(text, |at| text[at + END.len()..].trim_ascii_start())
}

/// The algorithms of a secret without `alg`. The first is the default.
const HMAC: &[Algorithm] = &[Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];
/// The algorithms of an RSA key without `alg`. The first is the default.
const RSA: &[Algorithm] =
    &[Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512];

fn only(algorithm: Algorithm) -> &'static [Algorithm] {
    Algorithm::ALL.iter().position(|one| *one == algorithm).map_or(&[], |at| &Algorithm::ALL[at..=at])
}

#[cfg(test)]
mod tests;
