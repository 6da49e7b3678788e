//! Key files by their content: a JWK, a JWK set, or PEM; and raw secrets.

use crate::alg::HMAC;
use crate::es256::{Preparation, Preparer};
use crate::jwk::NamedKeys;
use crate::key_fault::{KeyFault, counted};
use crate::key_set::{KeySet, SkippedKey};
use crate::{jwk, jwk_fault, jwks, kid_map, pem, pem_sections};
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

    /// Reads a JWK, a JWK set, PEM, or a map of names to PEM; the content says which.
    ///
    /// # Errors
    /// Any [`KeyFileError`].
    pub fn file(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        let text = plain(text)?;
        match text.trim_ascii_start().first() {
            Some(b'{') => match Jwk::parse(text) {
                Ok(_) => self.jwk(text),
                // A set has no kty, and may be longer and have more members than one key.
                Err(refusal) => match kid_map::members(text) {
                    Some(members) => kid_map::read(&members, *self),
                    None => self.jwks(text).map_err(|error| match error {
                        KeyFileError::Refused(fault) if fault.at_member() != Some("keys") || !has_keys(text) => {
                            KeyFileError::Refused(jwk_fault::explain(text, refusal))
                        }
                        other => other,
                    }),
                },
            },
            _ if pem_sections::is_pem(text) => self.pem(text),
            _ => Err(KeyFileError::Refused(KeyFault::whole(
                Refusal::KeyMalformed,
                "The file is neither PEM nor a JSON object; allowed: a public key or a certificate in PEM, a JWK, a JWK set",
            ))),
        }
    }

    /// Reads one JWK (RFC 7517 §4). A key that names no `alg` becomes an entry for each algorithm that it can be for.
    ///
    /// # Errors
    /// [`KeyFileError::Refused`], with the member that is at fault.
    pub fn jwk(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        let preparer = self.preparer();
        let mut set = KeySet::new();
        set.add_read(jwk::read(plain(text)?, *self, &preparer)?);
        preparer.start();
        Ok(set)
    }

    /// Reads a JWK set (RFC 7517 §5). Keys that cannot be used are left out and listed in [`KeySet::skipped`].
    ///
    /// # Errors
    /// [`KeyFileError::NoUsableKey`] if none is left; [`KeyFileError::Refused`] if it is no JWK set.
    pub fn jwks(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        jwks::read(plain(text)?, *self)
    }

    /// Reads public keys in PEM: `PUBLIC KEY` (RFC 5280 §4.1.2.7), `RSA PUBLIC KEY` (RFC 8017 appendix A.1.1), and the
    /// keys of `CERTIFICATE`s, whose dates and signatures are not checked. They carry no name and no algorithm; a key
    /// becomes an entry for each algorithm that it can be for. In a chain of certificates those of the authorities are
    /// left out.
    ///
    /// # Errors
    /// Any [`KeyFileError`].
    pub fn pem(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        let preparer = self.preparer();
        let set = pem::read(plain(text)?, &preparer)?;
        preparer.start();
        Ok(set)
    }

    /// A secret from its bytes exactly as they are; a newline at the end belongs to it. It becomes an entry for each of
    /// HS256, HS384 and HS512 for which it is long enough: 32, 48 and 64 bytes (RFC 7518 §3.2).
    /// [`KeySet::retain_algorithm`] leaves one of them.
    ///
    /// # Errors
    /// [`Refusal::SecretTooShort`]; [`KeyFileError::KeyAsSecret`] for a key in PEM, JWK or DER, which is no secret.
    pub fn secret(&self, secret: &[u8]) -> Result<KeySet, KeyFileError> {
        let keys = jwk::raw_secret(secret, &HMAC.map(|(algorithm, _)| algorithm), *self);
        let keys = keys.map_err(|refusal| match refusal {
            Refusal::KeyMalformed => KeyFileError::KeyAsSecret,
            Refusal::SecretTooShort => {
                let allowed = HMAC.map(|(algorithm, least)| format!("{least} for {algorithm}")).join(", ");
                let words = format!("The secret has {}; allowed, at least: {allowed}", counted(secret.len(), "byte"));
                KeyFileError::Refused(KeyFault::whole(refusal, words))
            }
            other => KeyFileError::Refused(other.into()),
        })?;
        let mut set = KeySet::new();
        set.add_read(NamedKeys { kid: None, keys });
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
    /// The PEM file holds a private key, which a verifier has no business to hold.
    PrivateKey,
    /// The bytes are a key in PEM, JWK or DER: a person who knows the public one could sign with it as a secret.
    KeyAsSecret,
    /// No key of the file can be used. Empty for a set without a key.
    NoUsableKey(Vec<SkippedKey>),
    /// The only key is refused, or the file holds none.
    Refused(KeyFault),
}

impl KeyFileError {
    /// The refusal, whose number is the same in every language.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::NoUsableKey(skipped) => skipped.first().map_or(Refusal::KeyNotFound, SkippedKey::refusal),
            Self::Refused(fault) => fault.refusal(),
            _ => Refusal::KeyMalformed,
        }
    }

    /// The refusal's frozen number.
    pub fn code(&self) -> u8 {
        self.refusal().code()
    }
}

impl From<KeyFault> for KeyFileError {
    fn from(fault: KeyFault) -> Self {
        Self::Refused(fault)
    }
}

impl From<Refusal> for KeyFileError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A longer list is cut: it goes into a log, and each fetch may log it again.
        const SHOWN: usize = 16;
        match self {
            Self::TooLong => write!(f, "The key file is longer than {MAX_KEY_FILE} bytes."),
            Self::PrivateKey => f.write_str(
                "This is a private key, and a public one is needed: openssl pkey -in FILE -pubout -out public.pem",
            ),
            Self::KeyAsSecret => {
                f.write_str("This is a key in PEM, JWK or DER, not a secret; hand it in as a key file.")
            }
            Self::NoUsableKey(skipped) if skipped.is_empty() => f.write_str("The JWK set holds no key."),
            Self::NoUsableKey(skipped) => {
                match skipped.len() {
                    1 => f.write_str("The only key cannot be used:"),
                    more => write!(f, "None of {more} keys can be used:"),
                }?;
                skipped.iter().take(SHOWN).try_for_each(|key| write!(f, " {key}"))?;
                if skipped.len() > SHOWN { write!(f, " And {} more.", skipped.len() - SHOWN) } else { Ok(()) }
            }
            Self::Refused(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for KeyFileError {}

/// The text of a key file that is not too long, without the byte order mark that some editors write.
fn plain(text: &[u8]) -> Result<&[u8], KeyFileError> {
    if text.len() > MAX_KEY_FILE {
        return Err(KeyFileError::TooLong);
    }
    if text.starts_with(&[0xff, 0xfe]) || text.starts_with(&[0xfe, 0xff]) {
        let words = "The file is UTF-16; allowed: UTF-8";
        return Err(KeyFileError::Refused(KeyFault::whole(Refusal::KeyMalformed, words)));
    }
    Ok(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))
}

/// Whether a JSON object has a member that makes it a set.
fn has_keys(text: &[u8]) -> bool {
    crate::jwk_members::JwkMembers::read(text).is_some_and(|members| members.0.iter().any(|(name, _)| name == "keys"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Algorithm;

    #[test]
    fn the_content_says_what_a_file_is() {
        let jwk = format!(r#"{{"kty":"oct","kid":"a","k":"{}"}}"#, "A".repeat(43));
        let read = |text: &str| {
            let read = KeyReader::new().file(text.as_bytes());
            let refused = |error: KeyFileError| (error.refusal(), error.to_string());
            read.map(|keys| keys.iter().map(|(_, alg)| alg).collect::<Vec<_>>()).map_err(refused)
        };
        let number = |text: &str| read(text).map_err(|(refusal, _)| refusal);
        for mark in ["", "\u{feff}"] {
            assert_eq!(read(&format!("{mark}{jwk}")), Ok(vec![Algorithm::Hs256]));
            assert_eq!(read(&format!("{mark}\n {{\"keys\":[{jwk},{jwk}]}}\n")), Ok(vec![Algorithm::Hs256; 2]));
        }
        for (text, words) in [
            ("{}", "kty is missing; allowed: EC, OKP, RSA and oct."),
            ("{\"kty\":1}", "kty is a number; allowed: a string."),
            ("{\"keys\":7}", "keys is a number; allowed: a list of JWKs."),
            ("{\"keys\":[7", "The text is not JSON at line 1, column 10."),
        ] {
            assert_eq!(read(text).unwrap_err().1, words, "{text}");
        }
        assert_eq!(KeyReader::new().file(b"{\"keys\":[]}").err(), Some(KeyFileError::NoUsableKey(vec![])));
        for text in ["", "secret", "ssh-ed25519 AAAA", "[]", "\u{feff}[]", "\u{feff}\u{feff}{}"] {
            assert_eq!(number(text), Err(Refusal::KeyMalformed), "{text}");
        }
        let utf_16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(KeyReader::new().file(&utf_16).unwrap_err().to_string().contains("UTF-16"));
        let long = " ".repeat(MAX_KEY_FILE + 1);
        assert_eq!(KeyReader::new().file(long.as_bytes()).err(), Some(KeyFileError::TooLong));
    }

    #[test]
    fn a_secret_is_its_bytes() {
        let reader = KeyReader::new();
        let error = reader.secret(&[b'a'; 31]).unwrap_err();
        assert_eq!(error.code(), 54);
        let words = "The secret has 31 bytes; allowed, at least: 32 for HS256, 48 for HS384, 64 for HS512.";
        assert_eq!(error.to_string(), words);
        assert!(reader.secret(&[[b'a'; 31].as_slice(), b"\n"].concat()).is_ok());
        assert!(reader.danger_allow_short_secret().secret(b"secret").is_ok());
        let error = reader.danger_allow_short_secret().secret(b"").unwrap_err();
        assert_eq!(error.refusal(), Refusal::SecretTooShort);
        let set = reader.secret(&[b'a'; 64]).unwrap();
        assert_eq!((set.len(), set.key_count()), (3, 1));
    }
}
