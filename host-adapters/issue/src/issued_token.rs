//! A token that was just made.

use glowband_core::UnixSeconds;
use std::fmt;
use zeroize::Zeroizing;

/// A signed token, in the compact form. Whoever holds it can use it, so `Debug` shows a placeholder, and the text is
/// wiped when it goes.
#[derive(Clone)]
pub struct IssuedToken {
    pub(crate) text: Zeroizing<String>,
    pub(crate) token_id: Option<String>,
    pub(crate) expires_at: UnixSeconds,
}

impl IssuedToken {
    /// The token, to be sent to its client and nowhere else.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `jti`, which access tokens have: the name for logs and audits, in which the token itself has no place.
    pub fn token_id(&self) -> Option<&str> {
        self.token_id.as_deref()
    }

    /// `exp`: the moment from which on the token is void.
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
