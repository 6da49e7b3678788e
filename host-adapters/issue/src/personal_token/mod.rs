//! Personal access tokens and API keys: for machines and scripts, valid until they expire or are revoked.

mod base62;
mod crc32;

use crate::signer::SignError;
use crate::token_digest::TokenDigest;
use std::fmt;
use zeroize::Zeroizing;

/// The prefix of every personal token.
pub const PERSONAL_TOKEN_PREFIX: &str = "gbp_";

/// The regular expression of personal tokens for secret scanners. [`PersonalToken::parse`] also checks the checksum,
/// which excludes false matches.
pub const PERSONAL_TOKEN_PATTERN: &str = r"\bgbp_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}\b";

const ID: usize = 16;
/// 43 digits in base 62 hold 256.03 bits.
const SECRET: usize = 43;
const CHECKSUM: usize = 6;
const LENGTH: usize = PERSONAL_TOKEN_PREFIX.len() + ID + 1 + SECRET + CHECKSUM;

/// A personal token: `gbp_<id>_<secret><checksum>`, 70 characters.
///
/// | part | characters | content |
/// |---|---|---|
/// | `gbp_` | 4 | fixed prefix |
/// | id | 16 of `0-9A-Za-z` | random; the token's public identifier in lists, logs and the database |
/// | `_` | 1 | fixed separator |
/// | secret | 43 of `0-9A-Za-z` | 256 random bits; the database stores their SHA-256 |
/// | checksum | 6 of `0-9A-Za-z` | CRC-32 (RFC 1952 §8) of the 64 characters before it, in base 62 with the digits in the order `0-9A-Za-z`, the most significant first |
///
/// The checksum detects every single wrong character, every swap of adjacent characters, and all but one in four
/// thousand million other errors, without a lookup. Anyone can compute it, so it gives no protection against forgery.
///
/// `Debug` shows a placeholder, and the text is wiped from memory when it is dropped.
///
/// ```
/// use glowband_issue::{PersonalToken, PersonalTokenError};
///
/// let token = PersonalToken::generate()?;
/// // Store token.id() and token.secret_digest() in the database.
/// let presented = PersonalToken::parse(token.as_str())?;
/// assert!(presented.id() == token.id() && presented.secret_digest() == token.secret_digest());
///
/// let typo = "gbp_0000000000000000_0000000000000000000000000000000000000000000000000";
/// assert_eq!(PersonalToken::parse(typo).err(), Some(PersonalTokenError::Typo));
/// assert_eq!(PersonalToken::parse("eyJhbGciOi").err(), Some(PersonalTokenError::NotOne));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PersonalToken(Zeroizing<String>);

/// Why a text is not a personal token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PersonalTokenError {
    /// The text does not begin with `gbp_`.
    NotOne,
    /// The text begins with `gbp_`, but a character is wrong, missing or superfluous.
    Typo,
}

impl fmt::Display for PersonalTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOne => "The text is not a personal token; a personal token begins with gbp_.",
            Self::Typo => "The personal token is damaged: a character is wrong, missing or superfluous.",
        })
    }
}

impl std::error::Error for PersonalTokenError {}

impl PersonalToken {
    /// Generates a token.
    ///
    /// # Errors
    /// Returns [`SignError::NoRandomness`] if the system's random generator fails.
    pub fn generate() -> Result<Self, SignError> {
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        text.push_str(PERSONAL_TOKEN_PREFIX);
        base62::push_random(&mut text, ID)?;
        text.push('_');
        base62::push_random(&mut text, SECRET)?;
        let checksum = crc32::crc32(text.as_bytes());
        base62::push_number(&mut text, checksum);
        Ok(Self(text))
    }

    /// Parses a token from a request.
    ///
    /// # Errors
    /// Returns [`PersonalTokenError`] if the text is malformed; no lookup is needed then.
    pub fn parse(text: &str) -> Result<Self, PersonalTokenError> {
        let rest = text.strip_prefix(PERSONAL_TOKEN_PREFIX).ok_or(PersonalTokenError::NotOne)?;
        let well_formed = || {
            let (id, rest) = rest.split_at_checked(ID)?;
            let secret = rest.strip_prefix('_')?;
            let (checked, checksum) = text.split_at_checked(LENGTH - CHECKSUM)?;
            let mut expected = String::with_capacity(CHECKSUM);
            base62::push_number(&mut expected, crc32::crc32(checked.as_bytes()));
            (base62::is_base62(id) && base62::is_base62(secret) && checksum == expected).then_some(())
        };
        well_formed().ok_or(PersonalTokenError::Typo)?;
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// Returns the token. Show it to its owner once.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the token's public identifier.
    pub fn id(&self) -> &str {
        self.part(PERSONAL_TOKEN_PREFIX.len(), ID)
    }

    /// Returns the SHA-256 of the secret: the value that a database stores beside the identifier and compares.
    pub fn secret_digest(&self) -> TokenDigest {
        TokenDigest::of(self.part(PERSONAL_TOKEN_PREFIX.len() + ID + 1, SECRET).as_bytes())
    }

    fn part(&self, start: usize, length: usize) -> &str {
        self.0.get(start..start + length).unwrap_or_default()
    }
}

impl fmt::Debug for PersonalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalToken(gbp_{}_…)", self.id())
    }
}
