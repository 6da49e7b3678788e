//! The claims that all tokens of a session share: issuer, subject, client and lifetime.

use crate::issue_error::IssueError;
use crate::json_object::JsonObject;
use glowband_core::UnixSeconds;
use std::time::Duration;

/// The claims that access tokens and ID tokens require.
///
/// ```
/// use glowband_issue::{Grant, UnixSeconds};
/// use std::time::Duration;
///
/// let grant = Grant {
///     issuer: "https://id.example",
///     subject: "alice",
///     client_id: "web",
///     issued_at: UnixSeconds(1_700_000_000),
///     lifetime: Duration::from_secs(600),
/// };
/// assert_eq!(grant.expires_at(), Ok(UnixSeconds(1_700_000_600)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant<'a> {
    /// `iss`: the issuer's URL. Verifiers compare it byte by byte.
    pub issuer: &'a str,
    /// `sub`: the user's identifier. It is unique for this issuer and must never be reused for another user.
    pub subject: &'a str,
    /// `client_id`, and `aud` of ID tokens: the client that requested the token.
    pub client_id: &'a str,
    /// `iat`: the current time.
    pub issued_at: UnixSeconds,
    /// The time from `iat` to `exp`. Fractions of a second are ignored.
    pub lifetime: Duration,
}

impl Grant<'_> {
    /// Returns `exp`: the time from which the token is no longer valid.
    ///
    /// # Errors
    /// Returns [`IssueError::Lifetime`] if the lifetime is shorter than one second, or `exp` is 2^53 or later.
    pub fn expires_at(&self) -> Result<UnixSeconds, IssueError> {
        // JSON readers that use floating-point numbers cannot represent every integer beyond 2^53.
        let end = self.issued_at.0.checked_add(self.lifetime.as_secs()).filter(|end| *end < 1 << 53);
        end.filter(|end| *end > self.issued_at.0).map(UnixSeconds).ok_or(IssueError::Lifetime)
    }

    /// Starts the claims set with `iss` and `sub`.
    pub(crate) fn claims(&self) -> Result<JsonObject, IssueError> {
        let mut claims = JsonObject::new();
        for (name, value) in [("iss", self.issuer), ("sub", self.subject)] {
            claims.string(name, present(name, value)?);
        }
        present("client_id", self.client_id)?;
        Ok(claims)
    }
}

/// Returns the value, or an error if it is empty.
pub(crate) fn present<'a>(name: &'static str, value: &'a str) -> Result<&'a str, IssueError> {
    if value.is_empty() { Err(IssueError::Empty(name)) } else { Ok(value) }
}
