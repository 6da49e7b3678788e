//! A signed token.

use glowband_core::UnixSeconds;
use std::fmt;
use zeroize::Zeroizing;

/// A signed token in compact form. It is a bearer token, so `Debug` shows a placeholder, and the text is wiped from
/// memory when it is dropped.
#[derive(Clone)]
pub struct IssuedToken {
    pub(crate) text: Zeroizing<String>,
    pub(crate) token_id: Option<String>,
    pub(crate) expires_at: UnixSeconds,
}

impl IssuedToken {
    /// Returns the token. Send it only to its client.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns `jti`, which only access tokens have. Use it in logs and audits instead of the token.
    pub fn token_id(&self) -> Option<&str> {
        self.token_id.as_deref()
    }

    /// Returns `exp`: the time from which the token is no longer valid.
    pub fn expires_at(&self) -> UnixSeconds {
        self.expires_at
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken")
            .field("token_id", &self.token_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
