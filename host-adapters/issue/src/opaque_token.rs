//! Opaque access tokens: nothing but randomness, looked up by introspection (RFC 7662).

use crate::random;
use crate::signer::SignError;
use crate::token_digest::TokenDigest;
use base64ct::{Base64UrlUnpadded, Encoding};
use std::fmt;
use zeroize::Zeroizing;

/// What every opaque access token begins with.
pub const OPAQUE_TOKEN_PREFIX: &str = "gbo_";

/// 32 bytes in base64url.
const LENGTH: usize = 43;

/// `gbo_` and 256 random bits in base64url: `^gbo_[A-Za-z0-9_-]{43}$`.
///
/// The database keeps the [`digest`](Self::digest), never the token. `Debug` shows a placeholder, and the text is
/// wiped when it goes.
///
/// ```
/// use glowband_issue::OpaqueToken;
///
/// let token = OpaqueToken::generate()?;
/// let stored = token.digest();
/// let presented = OpaqueToken::parse(token.as_str()).expect("one of ours");
/// assert_eq!(presented.digest(), stored);
/// assert!(OpaqueToken::parse("gbo_short").is_none());
/// # Ok::<(), glowband_issue::SignError>(())
/// ```
#[derive(Clone)]
pub struct OpaqueToken(Zeroizing<String>);

impl OpaqueToken {
    /// A new token.
    ///
    /// # Errors
    /// [`SignError::NoRandomness`].
    pub fn generate() -> Result<Self, SignError> {
        let secret = random::bytes::<32>()?;
        let mut text = Zeroizing::new(String::with_capacity(OPAQUE_TOKEN_PREFIX.len() + LENGTH));
        text.push_str(OPAQUE_TOKEN_PREFIX);
        text.push_str(&Zeroizing::new(Base64UrlUnpadded::encode_string(secret.as_slice())));
        Ok(Self(text))
    }

    /// Reads a token that somebody presents; `None` if it cannot be one, in which case nothing is to be looked up.
    pub fn parse(text: &str) -> Option<Self> {
        let secret = text.strip_prefix(OPAQUE_TOKEN_PREFIX).filter(|secret| secret.len() == LENGTH)?;
        let mut bytes = Zeroizing::new([0; 32]);
        Base64UrlUnpadded::decode(secret, bytes.as_mut_slice()).ok()?;
        Some(Self(Zeroizing::new(text.to_owned())))
    }

    /// The token, to be sent to its client and nowhere else.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the whole text: what a database keeps, and looks up.
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(self.0.as_bytes())
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken(gbo_…)")
    }
}
