//! One login: the row that decides everything.

use crate::{SessionId, Timestamp};
use std::fmt;
use std::time::Duration;

/// A session as its row says: one login of one user by one client.
///
/// A store returns it; a copy that is kept becomes outdated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name: the `sid` of access tokens.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: String,
    /// The client that may refresh it.
    pub client: String,
    /// What the user reads in a list of devices.
    pub label: Option<String>,
    /// The scope of its access tokens.
    pub scope: Option<String>,
    /// How often its refresh token was rotated: the generation of the newest one.
    pub generation: u64,
    /// The id of the secret (see [`RefreshKeys`](crate::RefreshKeys)) under which the newest token was made.
    pub key_id: u8,
    /// What makes its refresh tokens unlike those of any other session.
    pub salt: Salt,
    /// Whether it is open. An open session may have expired.
    pub state: State,
    /// When the user logged in.
    pub created_at: Timestamp,
    /// When the newest refresh token was created, or returned again after a doubt. The reuse grace period begins here.
    pub rotated_at: Timestamp,
    /// When it was last refreshed.
    pub last_seen_at: Timestamp,
    /// When it ends unless it is refreshed; never later than `absolute_expires_at`.
    pub idle_expires_at: Timestamp,
    /// When it ends in any case; this never moves.
    pub absolute_expires_at: Timestamp,
    /// When it was closed, or revoked for reuse.
    pub ended_at: Option<Timestamp>,
    /// Whether the newest refresh token may not have reached its client: the server got no answer from the store in time, or
    /// could not deliver its own. The immediate predecessor of the token is then answered with it, however late.
    pub in_doubt: bool,
}

impl Session {
    /// When the user proved who they are: the `auth_time` of tokens.
    pub const fn auth_time(&self) -> Timestamp {
        self.created_at
    }

    /// Returns whether it has expired at this time of the store.
    pub fn expired(&self, now: Timestamp) -> bool {
        now >= self.idle_expires_at || now >= self.absolute_expires_at
    }

    /// Returns whether it is open and has not expired.
    pub fn alive(&self, now: Timestamp) -> bool {
        self.state == State::Open && !self.expired(now)
    }
}

/// The state of a session. An ended session never opens again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It can be refreshed until it expires.
    Open,
    /// Its user, or an administrator, ended it.
    Closed,
    /// A refresh token of an earlier generation was used again, so two clients have had it. The session is unusable.
    RevokedForReuse,
}

impl State {
    /// Returns the value in the database and in the feed of ended sessions.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::RevokedForReuse => "burnt",
        }
    }

    /// How a session in this state was ended, if it was.
    pub(crate) const fn ending(self) -> Option<Ending> {
        match self {
            Self::Open => None,
            Self::Closed => Some(Ending::Closed),
            Self::RevokedForReuse => Some(Ending::RevokedForReuse),
        }
    }

    /// Returns the state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Closed, Self::RevokedForReuse].into_iter().find(|state| state.name() == name)
    }
}

/// How a session is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// By its user or an administrator.
    Closed,
    /// Because a refresh token of an earlier generation was used again.
    RevokedForReuse,
}

impl From<Ending> for State {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Closed => Self::Closed,
            Ending::RevokedForReuse => Self::RevokedForReuse,
        }
    }
}

/// 16 random bytes of a session's row that its refresh tokens are computed from, together with a secret that is not in
/// the database. Worth nothing alone, and yet `Debug` does not show them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    pub(crate) fn random() -> Option<Self> {
        crate::session_id::random_bytes().map(Self)
    }

    /// The salt with these bytes, as a store keeps them.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the salt.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// A row to be: what a store does not decide by itself. Times are counted from the store's now.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// See [`Session::id`].
    pub id: SessionId,
    /// See [`Session::user_id`].
    pub user_id: String,
    /// See [`Session::client`].
    pub client: String,
    /// See [`Session::label`].
    pub label: Option<String>,
    /// See [`Session::scope`].
    pub scope: Option<String>,
    /// See [`Session::key_id`].
    pub key_id: u8,
    /// See [`Session::salt`].
    pub salt: Salt,
    /// How long it lives without being refreshed.
    pub idle: Duration,
    /// How long it lives in any case.
    pub absolute: Duration,
}

impl NewSession {
    /// The row, for stores that compute it themselves: generation 0, open, with its times counted from `now`.
    pub fn into_session(self, now: Timestamp) -> Session {
        let absolute_expires_at = now.after(self.absolute);
        Session {
            id: self.id,
            user_id: self.user_id,
            client: self.client,
            label: self.label,
            scope: self.scope,
            generation: 0,
            key_id: self.key_id,
            salt: self.salt,
            state: State::Open,
            created_at: now,
            rotated_at: now,
            last_seen_at: now,
            idle_expires_at: now.after(self.idle).min(absolute_expires_at),
            absolute_expires_at,
            ended_at: None,
            in_doubt: false,
        }
    }
}
