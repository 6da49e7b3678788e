//! Personal access tokens and API keys: for machines and scripts, until revoked or expired.

mod base62;
mod crc32;

use crate::signer::SignError;
use crate::token_digest::TokenDigest;
use std::fmt;
use zeroize::Zeroizing;

/// What every personal token begins with.
pub const PERSONAL_TOKEN_PREFIX: &str = "gbp_";

/// For secret scanners: what a personal token looks like. Whether a find is one, the checksum says
/// ([`PersonalToken::parse`]).
pub const PERSONAL_TOKEN_PATTERN: &str = r"\bgbp_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}\b";

const ID: usize = 16;
/// 43 digits of 62 hold 256.03 bits.
const SECRET: usize = 43;
const CHECKSUM: usize = 6;
const LENGTH: usize = PERSONAL_TOKEN_PREFIX.len() + ID + 1 + SECRET + CHECKSUM;

/// A personal token: `gbp_<id>_<secret><checksum>`, 70 characters.
///
/// | part | characters | is |
/// |---|---|---|
/// | `gbp_` | 4 | the same for all |
/// | id | 16 of `0-9A-Za-z` | random, the token's public name: in listings, logs, the database |
/// | `_` | 1 | the same for all |
/// | secret | 43 of `0-9A-Za-z` | 256 random bits; the database keeps their SHA-256 |
/// | checksum | 6 of `0-9A-Za-z` | CRC-32 (RFC 1952 §8) of the 64 characters before it, in base 62 with the digits in the order `0-9A-Za-z`, the most significant first |
///
/// The checksum finds every single wrong character, every pair of neighbours that changed places, and all but one in
/// four thousand million of other errors, without asking anybody. It is no protection: anyone can compute it.
///
/// `Debug` shows a placeholder, and the text is wiped when it goes.
///
/// ```
/// use glowband_issue::{PersonalToken, PersonalTokenError};
///
/// let token = PersonalToken::generate()?;
/// // The row of the database: token.id(), token.secret_digest().
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
    /// It begins otherwise: something else altogether.
    NotOne,
    /// It begins as one, but a character is wrong, missing or too many.
    Typo,
}

impl fmt::Display for PersonalTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotOne => "This is not a personal token; one begins with gbp_.",
            Self::Typo => "The personal token was damaged on its way: a character is wrong, missing or too many.",
        })
    }
}

impl std::error::Error for PersonalTokenError {}

impl PersonalToken {
    /// A new token.
    ///
    /// # Errors
    /// [`SignError::NoRandomness`].
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

    /// Reads a token that somebody presents.
    ///
    /// # Errors
    /// [`PersonalTokenError`]; in either case nothing is to be looked up.
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

    /// The token, to be shown to its owner once.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The token's public name.
    pub fn id(&self) -> &str {
        self.part(PERSONAL_TOKEN_PREFIX.len(), ID)
    }

    /// SHA-256 of the secret's 43 characters: what a database keeps beside the id, and compares.
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
