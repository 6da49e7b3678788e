//! What every token of one login says: who issues it, about whom, to which client, from when until when.

use crate::issue_error::IssueError;
use crate::json_object::JsonObject;
use glowband_core::UnixSeconds;
use std::time::Duration;

/// The required part of access tokens and ID tokens.
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
    /// `iss`: the issuer's address, byte by byte as verifiers expect it.
    pub issuer: &'a str,
    /// `sub`: whom the token is about; unique at this issuer and never given to another.
    pub subject: &'a str,
    /// `client_id`, and the `aud` of ID tokens: who asked for the token.
    pub client_id: &'a str,
    /// `iat`: now.
    pub issued_at: UnixSeconds,
    /// How long until `exp`; whole seconds count.
    pub lifetime: Duration,
}

impl Grant<'_> {
    /// `exp`: the moment from which on the token is void.
    ///
    /// # Errors
    /// [`IssueError::Lifetime`] if there is no second in it, or it leads further than any JSON reader can count.
    pub fn expires_at(&self) -> Result<UnixSeconds, IssueError> {
        // Beyond 2^53 the floating point numbers of other readers have gaps.
        let end = self.issued_at.0.checked_add(self.lifetime.as_secs()).filter(|end| *end < 1 << 53);
        end.filter(|end| *end > self.issued_at.0).map(UnixSeconds).ok_or(IssueError::Lifetime)
    }

    /// Begins the claims set: `iss`, `sub`.
    pub(crate) fn claims(&self) -> Result<JsonObject, IssueError> {
        let mut claims = JsonObject::new();
        for (name, value) in [("iss", self.issuer), ("sub", self.subject)] {
            claims.string(name, present(name, value)?);
        }
        present("client_id", self.client_id)?;
        Ok(claims)
    }
}

/// A required claim that says nothing is a mistake of the caller.
pub(crate) fn present<'a>(name: &'static str, value: &'a str) -> Result<&'a str, IssueError> {
    if value.is_empty() { Err(IssueError::Empty(name)) } else { Ok(value) }
}
