//! The outcome of a refresh.

use crate::{RefreshToken, Session, StoreError, Timestamp};
use std::fmt;

/// A session with its newest refresh token, for the client.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Refreshed {
    /// The session as it is now.
    pub session: Session,
    /// Its newest refresh token.
    pub token: RefreshToken,
    /// How the client got the token.
    pub how: How,
    /// The time of the store; `session.idle_expires_at.since(now)` is how long the token stays valid.
    pub now: Timestamp,
}

/// How a client came to the newest refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// By a login.
    Opened,
    /// With the newest token, which this one replaces.
    Rotated,
    /// With the immediate predecessor of the newest token, within the reuse grace period: nothing was changed.
    Replayed,
    /// With a token later than the row, which came from a backup. Worth an entry in an audit log.
    FastForwarded,
}

/// Why a refresh returned no token.
#[derive(Debug)]
pub enum RefreshError {
    /// A verdict on the token.
    Refused {
        /// Which.
        why: Refused,
        /// The session, if the token is genuine: for an audit log.
        session: Option<Box<Session>>,
    },
    /// No verdict: the store failed. The token stays valid.
    Store(StoreError),
    /// No verdict: this server does not have the secret of this id, with which the newest token was created.
    /// See [`RefreshKeys`](crate::RefreshKeys) for how to replace a secret.
    KeyMissing(u8),
}

/// The verdict on a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refused {
    /// It is not genuine, or its session was deleted. Nothing was changed.
    Unknown,
    /// It is genuine, but belongs to another client. Nothing was changed.
    OtherClient,
    /// Its session has expired.
    Expired,
    /// Its session was closed.
    Closed,
    /// Its session was revoked for reuse before.
    RevokedForReuse,
    /// It was used before, so two clients have had it: this call has revoked its session. Worth an audit event.
    Reuse,
}

impl Refused {
    /// Returns whether the session has ended, so that a cookie is to be cleared. It has not if the token is unknown or belongs to
    /// another client.
    pub const fn ends_session(self) -> bool {
        match self {
            Self::Expired | Self::Closed | Self::RevokedForReuse | Self::Reuse => true,
            Self::Unknown | Self::OtherClient => false,
        }
    }

    /// A word for logs and counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::OtherClient => "other_client",
            Self::Expired => "expired",
            Self::Closed => "closed",
            Self::RevokedForReuse => "revoked_for_reuse",
            Self::Reuse => "reuse",
        }
    }
}

impl RefreshError {
    /// The verdict, if it is one.
    pub const fn refused(&self) -> Option<Refused> {
        match self {
            Self::Refused { why, .. } => Some(*why),
            Self::Store(_) | Self::KeyMissing(_) => None,
        }
    }

    /// Returns whether the session has ended, see [`Refused::ends_session`].
    pub const fn ends_session(&self) -> bool {
        matches!(self.refused(), Some(why) if why.ends_session())
    }

    pub(crate) fn verdict(why: Refused, session: Option<Session>) -> Self {
        Self::Refused { why, session: session.map(Box::new) }
    }
}

impl From<StoreError> for RefreshError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "The refresh token is not known.",
            Self::OtherClient => "The refresh token is another client's.",
            Self::Expired => "The session has expired.",
            Self::Closed => "The session was closed.",
            Self::RevokedForReuse => "The session was ended because one of its refresh tokens was used twice.",
            Self::Reuse => "The refresh token was used before; its session is ended.",
        })
    }
}

impl fmt::Display for RefreshError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { why, .. } => why.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::KeyMissing(id) => write!(
                f,
                "The session's newest refresh token was made with the secret {id}, which this server does not have."
            ),
        }
    }
}

impl std::error::Error for RefreshError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => error.source(),
            Self::Refused { .. } | Self::KeyMissing(_) => None,
        }
    }
}
