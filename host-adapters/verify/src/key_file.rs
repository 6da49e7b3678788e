//! Reads key files: a JWK, a JWK set, PEM, a map of names to PEM, and raw secrets.

use crate::alg::HMAC;
use crate::es256::Preparation;
use crate::jwk_members::JwkMembers;
use crate::key_error::{KeyFileError, MAX_KEY_FILE};
use crate::key_fault::{KeyFault, counted};
use crate::key_options::KeyOptions;
use crate::key_set::{KeySet, NamedKeys};
use crate::{jwk, jwk_fault, jwks, kid_map, pem, pem_sections};
use glowband_core::{Jwk, Refusal};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use zeroize::Zeroizing;

/// Reads keys from files and from bytes.
///
/// ```
/// use glowband_verify::KeyReader;
///
/// let keys = KeyReader::new().parse(br#"{"kty":"oct","kid":"a","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}"#)?;
/// assert_eq!(keys.len(), 1);
/// # Ok::<(), glowband_verify::KeyFileError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyReader {
    options: KeyOptions,
}

impl KeyReader {
    /// Creates a reader that refuses HMAC secrets under 32 bytes (RFC 7518 §3.2) and prepares ES256 keys at load.
    pub const fn new() -> Self {
        Self { options: KeyOptions::new() }
    }

    /// Accepts shorter HMAC secrets too, but never an empty one. An attacker with one token can find a short secret by
    /// trying.
    #[must_use]
    pub const fn danger_allow_short_secret(mut self) -> Self {
        self.options.short_secrets = true;
        self
    }

    /// Sets when ES256 keys are prepared for fast verification, and with how much memory.
    #[must_use]
    pub const fn prepare(mut self, preparation: Preparation) -> Self {
        self.options.preparation = preparation;
        self
    }

    /// Reads the key file at this path, as [`parse`](Self::parse) reads its content.
    ///
    /// # Errors
    /// [`KeyFileError::Unreadable`] for a file that cannot be read, and as [`parse`](Self::parse).
    pub fn open(&self, path: impl AsRef<Path>) -> Result<KeySet, KeyFileError> {
        let path = path.as_ref();
        let unreadable = |error: io::Error| KeyFileError::Unreadable { path: path.to_owned(), kind: error.kind() };
        let mut content = Zeroizing::new(Vec::new());
        // One byte more than is allowed, so that a longer file is refused for its length.
        let file = File::open(path).map_err(unreadable)?;
        file.take(MAX_KEY_FILE as u64 + 1).read_to_end(&mut content).map_err(unreadable)?;
        self.parse(&content)
    }

    /// Reads a JWK, a JWK set, PEM, or a map of names to PEM. The content decides which.
    ///
    /// # Errors
    /// Any [`KeyFileError`] except [`KeyFileError::Unreadable`].
    pub fn parse(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        let text = plain(text)?;
        match text.trim_ascii_start().first() {
            Some(b'{') => match Jwk::parse(text) {
                Ok(_) => self.jwk(text),
                // A set has no kty, and can be longer and have more members than one key.
                Err(refusal) => match kid_map::members(text) {
                    Some(members) => kid_map::read(&members, self.options),
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
    /// [`KeyFileError::Refused`], with the faulty member.
    pub fn jwk(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        let preparer = self.options.preparer();
        let mut set = KeySet::new();
        set.add_read(jwk::read(plain(text)?, self.options, &preparer)?);
        preparer.start();
        Ok(set)
    }

    /// Reads a JWK set (RFC 7517 §5). Keys that cannot be used are left out and listed in [`KeySet::skipped`].
    ///
    /// # Errors
    /// [`KeyFileError::NoUsableKey`] if none is left; [`KeyFileError::Refused`] if it is no JWK set.
    pub fn jwks(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        jwks::read(plain(text)?, self.options)
    }

    /// Reads public keys in PEM: `PUBLIC KEY` (RFC 5280 §4.1.2.7), `RSA PUBLIC KEY` (RFC 8017 appendix A.1.1), and the
    /// keys of `CERTIFICATE`s, whose dates and signatures are not checked. PEM has no names and no algorithms: a key
    /// becomes an entry for each algorithm that it can be for. In a chain of certificates those of the authorities are
    /// left out.
    ///
    /// # Errors
    /// Any [`KeyFileError`].
    pub fn pem(&self, text: &[u8]) -> Result<KeySet, KeyFileError> {
        let preparer = self.options.preparer();
        let set = pem::read(plain(text)?, &preparer)?;
        preparer.start();
        Ok(set)
    }

    /// Reads a secret from exactly these bytes; a newline at the end is part of it. The secret becomes an entry for each of
    /// HS256, HS384 and HS512 for which it is long enough: 32, 48 and 64 bytes (RFC 7518 §3.2).
    /// [`KeySet::retain_algorithm`] keeps one of them.
    ///
    /// # Errors
    /// [`Refusal::SecretTooShort`]; [`KeyFileError::KeyAsSecret`] for a key in PEM, JWK or DER, which is no secret.
    pub fn secret(&self, secret: &[u8]) -> Result<KeySet, KeyFileError> {
        let keys = jwk::raw_secret(secret, &HMAC.map(|(algorithm, _)| algorithm), self.options);
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

    /// Skips secrets, for key sets that everyone can read.
    #[cfg(feature = "remote")]
    pub(crate) fn public_only(mut self) -> Self {
        self.options.public_only = true;
        self
    }
}

/// Returns the text of a key file without its byte order mark, if it is not too long.
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

/// Returns true if a JSON object has the member `keys`.
fn has_keys(text: &[u8]) -> bool {
    JwkMembers::read(text).is_some_and(|members| members.0.iter().any(|(name, _)| name == "keys"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Algorithm;

    #[test]
    fn the_content_decides_what_a_file_is() {
        let jwk = format!(r#"{{"kty":"oct","kid":"a","k":"{}"}}"#, "A".repeat(43));
        let read = |text: &str| {
            let read = KeyReader::new().parse(text.as_bytes());
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
        assert_eq!(KeyReader::new().parse(b"{\"keys\":[]}").err(), Some(KeyFileError::NoUsableKey(vec![])));
        for text in ["", "secret", "ssh-ed25519 AAAA", "[]", "\u{feff}[]", "\u{feff}\u{feff}{}"] {
            assert_eq!(number(text), Err(Refusal::KeyMalformed), "{text}");
        }
        let utf_16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(KeyReader::new().parse(&utf_16).unwrap_err().to_string().contains("UTF-16"));
        let long = " ".repeat(MAX_KEY_FILE + 1);
        assert_eq!(KeyReader::new().parse(long.as_bytes()).err(), Some(KeyFileError::TooLong));
    }

    #[test]
    fn a_path_gives_the_keys_of_its_file() {
        let path = std::env::temp_dir().join(format!("glowband-key-reader-{}.jwk", std::process::id()));
        std::fs::write(&path, format!(r#"{{"kty":"oct","k":"{}"}}"#, "A".repeat(43))).unwrap();
        assert_eq!(KeyReader::new().open(&path).unwrap().len(), 1);
        std::fs::write(&path, vec![b' '; MAX_KEY_FILE + 2]).unwrap();
        assert_eq!(KeyReader::new().open(&path).err(), Some(KeyFileError::TooLong));
        std::fs::remove_file(&path).unwrap();
        let error = KeyReader::new().open(&path).unwrap_err();
        assert_eq!(error, KeyFileError::Unreadable { path: path.clone(), kind: io::ErrorKind::NotFound });
        let words = format!("The key file {} cannot be read: entity not found.", path.display());
        assert_eq!((error.to_string(), error.code()), (words, Refusal::KeyMalformed.code()));
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
