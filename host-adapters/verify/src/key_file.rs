//! Key files by their content: a JWK, a JWK set, or PEM; and raw secrets.

use crate::es256::{Preparation, Preparer};
use crate::key_set::{KeySet, SkippedKey};
use crate::{jwk, jwks, pem};
use glowband_core::{Jwk, Refusal};
use std::fmt;
use std::sync::Arc;

/// The longest key file, in bytes.
pub const MAX_KEY_FILE: usize = 1 << 20;

/// Reads keys from text and bytes.
///
/// ```
/// use glowband_verify::KeyReader;
///
/// let keys = KeyReader::new().file(br#"{"kty":"oct","kid":"a","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#)?;
/// assert_eq!(keys.len(), 1);
/// # Ok::<(), glowband_verify::KeyFileError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyReader {
    short_secrets: bool,
    public_only: bool,
    preparation: Preparation,
}

impl KeyReader {
    /// A reader that refuses HMAC secrets under 32 bytes (RFC 7518 §3.2) and prepares ES256 keys at load.
    pub const fn new() -> Self {
        Self { short_secrets: false, public_only: false, preparation: Preparation::at_load() }
    }

    /// Takes shorter HMAC secrets too, never empty ones. Whoever holds one token can find a short secret by trying.
    #[must_use]
    pub const fn danger_allow_short_secret(mut self) -> Self {
        self.short_secrets = true;
        self
    }

    /// Says when ES256 keys are prepared for fast checks, and with how much memory.
    #[must_use]
    pub const fn prepare(mut self, preparation: Preparation) -> Self {
        self.preparation = preparation;
        self
    }

    /// Reads a JWK, a JWK set or PEM; the content says which.
    ///
    /// # Errors
    /// Any [`KeyFileError`].
    pub fn file(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        within_limit(text)?;
        match text.trim_ascii_start().first() {
            Some(b'{') => match Jwk::parse(text) {
                Ok(_) => self.jwk(text).map_err(KeyFileError::Refused),
                // A set has no kty, and may be longer and have more members than one key.
                Err(refusal) => self.jwks(text).map_err(|error| match error {
                    KeyFileError::Refused(_) => KeyFileError::Refused(refusal),
                    other => other,
                }),
            },
            _ if pem::is_pem(text) => self.pem(text),
            _ => Err(KeyFileError::Refused(Refusal::KeyMalformed)),
        }
    }

    /// Reads one JWK (RFC 7517 §4). An RSA key that names no `alg` becomes two entries, RS256 and PS256.
    ///
    /// # Errors
    /// [`Refusal::JwkMalformed`], [`Refusal::KeyUnsupported`], [`Refusal::JwkMayNotVerify`] and
    /// [`Refusal::JwkAlgorithmConflict`]; [`Refusal::SecretTooShort`], [`Refusal::SecretTooLong`],
    /// [`Refusal::PointInvalid`] and [`Refusal::ModulusSize`] for the material.
    pub fn jwk(&self, text: &[u8]) -> Result<KeySet, Refusal> {
        let jwk = Jwk::parse(text)?;
        let kid = jwk.key_id().map(|kid| kid.to_string());
        let preparer = self.preparer();
        let mut set = KeySet::new();
        for key in jwk::keys(&jwk, *self, &preparer)? {
            set.add_key(kid.as_deref().map(str::as_bytes), key);
        }
        preparer.start();
        Ok(set)
    }

    /// Reads a JWK set (RFC 7517 §5). Keys that cannot be used are left out and listed in [`KeySet::skipped`].
    ///
    /// # Errors
    /// [`KeyFileError::NoUsableKey`] if none is left; [`Refusal::KeyMalformed`] if it is no JWK set.
    pub fn jwks(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        within_limit(text)?;
        jwks::read(text, *self)
    }

    /// Reads public keys in PEM: `PUBLIC KEY` (RFC 5280 §4.1.2.7) and `RSA PUBLIC KEY` (RFC 8017 appendix A.1.1).
    /// They carry no name and no algorithm; RSA keys become two entries each.
    ///
    /// # Errors
    /// Any [`KeyFileError`] but [`NoUsableKey`](KeyFileError::NoUsableKey).
    pub fn pem(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        within_limit(text)?;
        let preparer = self.preparer();
        let set = pem::read(text, &preparer)?;
        preparer.start();
        Ok(set)
    }

    /// An HS256 key from a secret's bytes exactly as they are; a newline at the end belongs to it.
    ///
    /// # Errors
    /// [`Refusal::SecretTooShort`]; [`KeyFileError::KeyAsSecret`] for a key in PEM, JWK or DER, which is no secret.
    pub fn secret(&self, secret: &[u8]) -> Result<KeySet, KeyFileError> {
        let key = jwk::raw_secret(secret, *self).map_err(|refusal| match refusal {
            Refusal::KeyMalformed => KeyFileError::KeyAsSecret,
            other => KeyFileError::Refused(other),
        })?;
        let mut set = KeySet::new();
        set.add_key(None, key);
        Ok(set)
    }

    /// Passes over secrets: what anybody can read holds none.
    #[cfg(feature = "remote")]
    pub(crate) fn public_only(mut self) -> Self {
        self.public_only = true;
        self
    }

    /// The preparer of one set of keys.
    pub(crate) fn preparer(self) -> Arc<Preparer> {
        Arc::new(Preparer::new(self.preparation))
    }

    pub(crate) fn takes_secrets(self) -> bool {
        !self.public_only
    }

    pub(crate) fn takes_short_secrets(self) -> bool {
        self.short_secrets
    }
}

/// Why a key file cannot be used. None of it carries key material.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file is longer than [`MAX_KEY_FILE`].
    TooLong,
    /// The PEM framing is damaged.
    PemMalformed,
    /// The PEM file holds a private key, which a verifier has no business to hold.
    PrivateKey,
    /// The PEM file holds a certificate, whose key is not trusted by being in one.
    Certificate,
    /// The PEM file holds something else, by this label.
    PemLabel(String),
    /// The PEM key is of a type, or on a curve, that is not supported.
    PemUnsupported,
    /// The bytes are a key in PEM, JWK or DER: whoever knows the public one could sign with it as a secret.
    KeyAsSecret,
    /// No key of the JWK set can be used.
    NoUsableKey(Vec<SkippedKey>),
    /// The key itself is refused.
    Refused(Refusal),
}

impl KeyFileError {
    /// The number under which the error is known in every language.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::NoUsableKey(skipped) => skipped.first().map_or(Refusal::KeyNotFound, |key| key.refusal),
            Self::Refused(refusal) => *refusal,
            Self::PemUnsupported => Refusal::KeyUnsupported,
            _ => Refusal::KeyMalformed,
        }
    }
}

impl From<Refusal> for KeyFileError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "The key file is longer than {MAX_KEY_FILE} bytes."),
            Self::PemMalformed => f.write_str("The PEM text is damaged: base64 lines between a BEGIN and an END line."),
            Self::PrivateKey => f.write_str(
                "This is a private key, and a public one is needed: openssl pkey -in FILE -pubout -out public.pem",
            ),
            Self::Certificate => f.write_str(
                "This is a certificate, and a public key is needed: \
                 openssl x509 -in FILE -pubkey -noout -out public.pem",
            ),
            Self::PemLabel(label) => {
                write!(f, "The PEM text holds {label:?}; allowed are PUBLIC KEY and RSA PUBLIC KEY.")
            }
            Self::PemUnsupported => f.write_str(
                "The PEM key's type or curve is not supported; allowed are EC P-256 and P-384, RSA, and Ed25519.",
            ),
            Self::KeyAsSecret => {
                f.write_str("This is a key in PEM, JWK or DER, not a secret; hand it in as a key file.")
            }
            Self::NoUsableKey(skipped) if skipped.is_empty() => f.write_str("The JWK set holds no key."),
            Self::NoUsableKey(skipped) => {
                f.write_str("No key of the JWK set can be used:")?;
                skipped.iter().take(5).try_for_each(|key| write!(f, " {key}"))?;
                if skipped.len() > 5 { write!(f, " And {} more.", skipped.len() - 5) } else { Ok(()) }
            }
            Self::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for KeyFileError {}

impl fmt::Display for SkippedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}", self.index)?;
        if let Some(kid) = &self.kid {
            write!(f, " (kid {kid:?})")?;
        }
        write!(f, ": {}", self.refusal)
    }
}

fn within_limit(text: &[u8]) -> Result<(), KeyFileError> {
    if text.len() > MAX_KEY_FILE { Err(KeyFileError::TooLong) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Algorithm;

    #[test]
    fn the_content_says_what_a_file_is() {
        let jwk = format!(r#"{{"kty":"oct","kid":"a","k":"{}"}}"#, "A".repeat(43));
        let read = |text: &str| {
            KeyReader::new().file(text.as_bytes()).map(|keys| keys.iter().map(|(_, alg)| alg).collect::<Vec<_>>())
        };
        assert_eq!(read(&jwk), Ok(vec![Algorithm::Hs256]));
        assert_eq!(read(&format!("\n {{\"keys\":[{jwk},{jwk}]}}\n")), Ok(vec![Algorithm::Hs256; 2]));
        assert_eq!(read("{}"), Err(KeyFileError::Refused(Refusal::JwkMalformed)));
        assert_eq!(read("{\"kty\":1}"), Err(KeyFileError::Refused(Refusal::JwkMalformed)));
        assert_eq!(read("{\"keys\":[]}"), Err(KeyFileError::NoUsableKey(vec![])));
        for text in ["", "secret", "ssh-ed25519 AAAA", "[]", "\u{feff}{}"] {
            assert_eq!(read(text), Err(KeyFileError::Refused(Refusal::KeyMalformed)), "{text}");
        }
        assert_eq!(read(&" ".repeat(MAX_KEY_FILE + 1)), Err(KeyFileError::TooLong));
    }

    #[test]
    fn a_secret_is_its_bytes() {
        let reader = KeyReader::new();
        assert_eq!(reader.secret(&[b'a'; 31]).err(), Some(Refusal::SecretTooShort.into()));
        assert!(reader.secret(&[[b'a'; 31].as_slice(), b"\n"].concat()).is_ok());
        assert!(reader.danger_allow_short_secret().secret(b"secret").is_ok());
        assert_eq!(reader.danger_allow_short_secret().secret(b"").err(), Some(Refusal::SecretTooShort.into()));
    }
}
