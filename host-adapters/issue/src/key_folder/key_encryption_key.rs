//! The key that encrypts key files, and their encrypted form: JWE in compact serialization (RFC 7516).

use crate::random;
use crate::signer::SignError;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fmt;
use zeroize::Zeroizing;

const KEY: usize = 32;
const TAG: usize = 16;

/// A 256-bit key that encrypts key files: JWE with `alg` `dir`, `enc` `A256GCM`, `cty` `jwk+json` (RFC 7516, RFC 7518
/// §4.5 and §5.3, RFC 7517 §7). `Debug` shows a placeholder, and the bytes are wiped from memory when the key is
/// dropped.
///
/// ```
/// use glowband_issue::KeyEncryptionKey;
///
/// // openssl rand -out FILE 32
/// let raw = [7; 32];
/// assert!(KeyEncryptionKey::read(&raw).is_ok());
/// // The same key in base64url, for an environment variable.
/// assert!(KeyEncryptionKey::read(b"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc\n").is_ok());
/// assert!(KeyEncryptionKey::read(b"a password").is_err());
/// ```
#[derive(Clone)]
pub struct KeyEncryptionKey {
    bytes: Zeroizing<[u8; KEY]>,
    /// Distinguishes a wrong key from a damaged file. A hash of 256 random bits discloses nothing about them.
    name: String,
}

/// The bytes are not a key-encryption key. The error does not contain them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyEncryptionKeyError {
    length: usize,
}

impl fmt::Display for KeyEncryptionKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "A key-encryption key must be 32 random bytes (openssl rand -out FILE 32), or these in base64url without \
             padding (43 characters); the given value has {} bytes.",
            self.length
        )
    }
}

impl std::error::Error for KeyEncryptionKeyError {}

/// Why a key file cannot be decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    /// It is not a JWE in compact serialization.
    Malformed,
    /// It uses another algorithm.
    OtherAlgorithm,
    /// It names another key.
    OtherKey,
    /// It was changed, or it names no key and is encrypted with another one.
    Damaged,
}

#[derive(Deserialize)]
struct Header<'h> {
    alg: &'h str,
    enc: &'h str,
    kid: Option<&'h str>,
    crit: Option<IgnoredAny>,
    zip: Option<IgnoredAny>,
}

impl KeyEncryptionKey {
    /// Generates a key.
    ///
    /// # Errors
    /// Returns [`SignError::NoRandomness`] if the system's random generator fails.
    pub fn generate() -> Result<Self, SignError> {
        random::bytes().map(Self::named)
    }

    /// Reads a key: 32 bytes, or these in base64url without padding. White space at the end of base64url is ignored.
    ///
    /// # Errors
    /// Returns [`KeyEncryptionKeyError`] for anything else, such as a password.
    pub fn read(text: &[u8]) -> Result<Self, KeyEncryptionKeyError> {
        let mut bytes = Zeroizing::new([0; KEY]);
        if text.len() == KEY {
            bytes.copy_from_slice(text);
            return Ok(Self::named(bytes));
        }
        let encoded = text.trim_ascii_end();
        match Base64UrlUnpadded::decode(encoded, bytes.as_mut_slice()) {
            Ok(decoded) if decoded.len() == KEY => Ok(Self::named(bytes)),
            _ => Err(KeyEncryptionKeyError { length: text.len() }),
        }
    }

    /// Returns the key in base64url, for a file or an environment variable.
    pub fn to_base64url(&self) -> Zeroizing<String> {
        Zeroizing::new(Base64UrlUnpadded::encode_string(self.bytes.as_slice()))
    }

    fn named(bytes: Zeroizing<[u8; KEY]>) -> Self {
        let mut input = Zeroizing::new(b"glowband key-encryption key ".to_vec());
        input.extend_from_slice(bytes.as_slice());
        let hash = digest(&SHA256, &input);
        let (name, _) = hash.as_ref().split_at(9);
        Self { bytes, name: Base64UrlUnpadded::encode_string(name) }
    }

    /// Encrypts `plaintext` as JWE with a new nonce.
    pub(super) fn seal(&self, plaintext: &[u8]) -> Result<String, SignError> {
        let header = format!("{{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"cty\":\"jwk+json\",\"kid\":\"{}\"}}", self.name);
        let header = encode(header.as_bytes());
        let nonce = random::bytes::<NONCE_LEN>()?;
        let (ciphertext, tag) = encrypt(&self.bytes, *nonce, &header, plaintext).ok_or(SignError::NoRandomness)?;
        // The second part, the encrypted key, is empty with `dir`.
        Ok(format!("{header}..{}.{}.{}", encode(nonce.as_slice()), encode(&ciphertext), encode(&tag)))
    }

    /// Decrypts `jwe`.
    pub(super) fn open(&self, jwe: &str) -> Result<Zeroizing<Vec<u8>>, Sealed> {
        let parts: Vec<_> = jwe.split('.').collect();
        let [header, "", nonce, ciphertext, tag] = parts.as_slice() else {
            return Err(Sealed::Malformed);
        };
        let decode = |text: &str| Base64UrlUnpadded::decode_vec(text).map_err(|_| Sealed::Malformed);
        let json = decode(header)?;
        let read: Header<'_> = serde_json::from_slice(&json).map_err(|_| Sealed::Malformed)?;
        if read.alg != "dir" || read.enc != "A256GCM" || read.crit.is_some() || read.zip.is_some() {
            return Err(Sealed::OtherAlgorithm);
        }
        if read.kid.is_some_and(|name| name != self.name) {
            return Err(Sealed::OtherKey);
        }
        let nonce: [u8; NONCE_LEN] = decode(nonce)?.try_into().map_err(|_| Sealed::Malformed)?;
        let (mut sealed, tag) = (Zeroizing::new(decode(ciphertext)?), decode(tag)?);
        if tag.len() != TAG {
            return Err(Sealed::Malformed);
        }
        sealed.extend_from_slice(&tag);
        let key = cipher(&self.bytes).ok_or(Sealed::Damaged)?;
        let aad = Aad::from(header.as_bytes());
        let opened = key.open_in_place(Nonce::assume_unique_for_key(nonce), aad, &mut sealed);
        let length = opened.map_err(|_| Sealed::Damaged)?.len();
        sealed.truncate(length);
        Ok(sealed)
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyEncryptionKey({})", self.name)
    }
}

/// Encrypts with AES-256-GCM; the encoded header is additional authenticated data (RFC 7516 §5.1 steps 14 and 15).
/// Returns ciphertext and tag.
fn encrypt(key: &[u8; KEY], nonce: [u8; NONCE_LEN], header: &str, plaintext: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut text = plaintext.to_vec();
    let aad = Aad::from(header.as_bytes());
    let tag = cipher(key)?.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, &mut text).ok()?;
    Some((text, tag.as_ref().to_vec()))
}

fn cipher(key: &[u8; KEY]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).ok()
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> KeyEncryptionKey {
        KeyEncryptionKey::read(&[byte; 32]).unwrap()
    }

    #[test]
    fn only_the_same_key_decrypts() {
        for length in [0, 1, 15, 16, 17, 1000] {
            let plain = vec![b'x'; length];
            let sealed = key(1).seal(&plain).unwrap();
            assert_ne!(sealed, key(1).seal(&plain).unwrap(), "a nonce is used once");
            assert_eq!(*key(1).open(&sealed).unwrap(), plain);
            assert_eq!(key(2).open(&sealed).err(), Some(Sealed::OtherKey));
        }
    }

    #[test]
    fn every_changed_character_is_detected() {
        let sealed = key(1).seal(br#"{"kty":"oct"}"#).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(key(1).open(std::str::from_utf8(&changed).unwrap()).is_err(), "{at}");
        }
        for end in 0..sealed.len() {
            assert!(key(1).open(&sealed[..end]).is_err());
        }
        assert!(key(1).open(&format!("{sealed}.")).is_err() && key(1).open(&format!("{sealed}A")).is_err());
    }

    #[test]
    fn the_ciphertext_equals_rfc_7516_appendix_a_1() {
        let key = [
            177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7, 110, 91, 112, 46, 34,
            105, 47, 130, 203, 46, 122, 234, 64, 252,
        ];
        let nonce = [227, 197, 117, 252, 2, 219, 233, 68, 180, 225, 77, 219];
        let header = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";
        let plaintext = b"The true sign of intelligence is not knowledge but imagination.";
        let (ciphertext, tag) = encrypt(&key, nonce, header, plaintext).unwrap();
        assert_eq!(
            encode(&ciphertext),
            "5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A"
        );
        assert_eq!(encode(&tag), "XFBoMYUZodetZdvTiFvSkQ");
    }

    #[test]
    fn files_encrypted_by_other_libraries_are_decrypted() {
        for sealed in [
            // npm jose 6.2.
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiY3R5IjoiandrK2pzb24ifQ..naWa1Kspgh7kFr-b.\
             l2XoIithzQURWP-oaLqJrG1vCmrMgQ.hYGPC4SFyLtIdSmxrLOMZQ",
            // PyPI joserfc 1.6.
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiY3R5IjoiandrK2pzb24ifQ..2w57iu6p3pPC-br5.\
             uryyE0_0WYl9eYPUODP9N1i6TMhONw.qxjled7OlGw3qrlst5J76g",
        ] {
            assert_eq!(*key(7).open(sealed).unwrap(), br#"{"kty":"oct","k":"AA"}"#);
            assert_eq!(key(8).open(sealed).err(), Some(Sealed::Damaged), "the header names no key");
        }
    }

    #[test]
    fn other_encryption_algorithms_are_reported_as_such() {
        let with_header = |header: &str| {
            let sealed = key(1).seal(b"x").unwrap();
            let rest = sealed.split_once('.').unwrap().1;
            key(1).open(&format!("{}.{rest}", encode(header.as_bytes()))).err()
        };
        for header in [
            r#"{"alg":"dir","enc":"A128GCM"}"#,
            r#"{"alg":"A256KW","enc":"A256GCM"}"#,
            r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#,
            r#"{"alg":"dir","enc":"A256GCM","crit":["x"],"x":1}"#,
        ] {
            assert_eq!(with_header(header), Some(Sealed::OtherAlgorithm), "{header}");
        }
        for header in ["{}", "[]", r#"{"alg":"dir","alg":"dir","enc":"A256GCM"}"#] {
            assert_eq!(with_header(header), Some(Sealed::Malformed), "{header}");
        }
        // The header is authenticated.
        assert_eq!(with_header(r#"{"alg":"dir","enc":"A256GCM"}"#), Some(Sealed::Damaged));
    }

    #[test]
    fn a_key_is_32_bytes_or_their_base64url_text() {
        let text = key(7).to_base64url();
        assert_eq!(KeyEncryptionKey::read(text.as_bytes()).unwrap().bytes, key(7).bytes);
        assert_eq!(KeyEncryptionKey::read(format!("{}\r\n", *text).as_bytes()).unwrap().bytes, key(7).bytes);
        let padded = format!("{}=", *text);
        for wrong in [&b""[..], &[7; 31], &[7; 33], b"correct horse battery staple", padded.as_bytes()] {
            let error = KeyEncryptionKey::read(wrong).unwrap_err().to_string();
            assert!(error.contains("openssl rand") && error.contains(&format!("{} bytes", wrong.len())), "{error}");
        }
        assert!(!format!("{:?}", key(7)).contains(text.as_str()));
    }
}
