//! Opaque access tokens: random values that services look up by introspection (RFC 7662).

use crate::random;
use crate::signer::SignError;
use crate::token_digest::TokenDigest;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::fmt;
use zeroize::Zeroizing;

/// The prefix of every opaque access token.
pub const OPAQUE_TOKEN_PREFIX: &str = "gbo_";

/// The length of 32 bytes in base64url.
const LENGTH: usize = 43;

/// An opaque access token: `gbo_` and 256 random bits in base64url, `^gbo_[A-Za-z0-9_-]{43}$`.
///
/// Store the [`digest`](Self::digest) in the database, never the token. `Debug` shows a placeholder, and the text is
/// wiped from memory when it is dropped.
///
/// ```
/// use glowband_issue::OpaqueToken;
///
/// let token = OpaqueToken::generate()?;
/// let stored = token.digest();
/// let presented = OpaqueToken::parse(token.as_str()).expect("a well-formed token");
/// assert_eq!(presented.digest(), stored);
/// assert!(OpaqueToken::parse("gbo_short").is_none());
/// # Ok::<(), glowband_issue::SignError>(())
/// ```
#[derive(Clone)]
pub struct OpaqueToken(Zeroizing<String>);

impl OpaqueToken {
    /// Generates a token.
    ///
    /// # Errors
    /// Returns [`SignError::NoRandomness`] if the system's random generator fails.
    pub fn generate() -> Result<Self, SignError> {
        let secret = random::bytes::<32>()?;
        let mut text = Zeroizing::new(String::with_capacity(OPAQUE_TOKEN_PREFIX.len() + LENGTH));
        text.push_str(OPAQUE_TOKEN_PREFIX);
        text.push_str(&Zeroizing::new(Base64UrlUnpadded::encode_string(secret.as_slice())));
        Ok(Self(text))
    }

    /// Parses a token from a request. Returns `None` if the text is malformed; no lookup is needed then.
    pub fn parse(text: &str) -> Option<Self> {
        let secret = text.strip_prefix(OPAQUE_TOKEN_PREFIX).filter(|secret| secret.len() == LENGTH)?;
        let mut bytes = Zeroizing::new([0; 32]);
        Base64UrlUnpadded::decode(secret, bytes.as_mut_slice()).ok()?;
        Some(Self(Zeroizing::new(text.to_owned())))
    }

    /// Returns the token. Send it only to its client.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the SHA-256 of the whole token: the value that a database stores and looks up.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken(gbo_…)")
    }
}
