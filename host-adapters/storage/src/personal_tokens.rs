//! The table `personal_tokens`: long-lived tokens for machines and scripts.
//!
//! Tokens of a logged-in user are added, listed and revoked through [`Act`](crate::Act) and [`Look`](crate::Look).

use crate::values::moment;
use glowband_session::{StoreError, StoreFuture, Timestamp};
use std::time::Duration;

/// A personal token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalTokenRow {
    /// The public part of the token.
    pub id: String,
    /// The user that the token belongs to.
    pub user_id: String,
    /// The name that the user gave it.
    pub name: String,
    /// The scope of the token.
    pub scope: Option<String>,
    /// When the token was created.
    pub created_at: Timestamp,
    /// When the token expires, if it does.
    pub expires_at: Option<Timestamp>,
    /// The last use that was recorded.
    pub last_used_at: Option<Timestamp>,
}

/// A personal token to be added.
#[derive(Clone, Copy)]
pub struct NewPersonalToken<'a> {
    /// See [`PersonalTokenRow::id`].
    pub id: &'a str,
    /// SHA-256 of the token's secret.
    pub digest: [u8; 32],
    /// See [`PersonalTokenRow::name`].
    pub name: &'a str,
    /// See [`PersonalTokenRow::scope`].
    pub scope: Option<&'a str>,
    /// How long the token is valid; `None` for no expiry.
    pub lifetime: Option<Duration>,
    /// How many valid tokens a user may have.
    pub most: u32,
}

/// A valid token, as it is read to check a presented one.
#[derive(Clone)]
pub struct FoundPersonalToken {
    /// The token.
    pub row: PersonalTokenRow,
    /// SHA-256 of its secret. Callers compare it in constant time.
    pub digest: Vec<u8>,
    /// The time of the database at which the token was valid.
    pub now: Timestamp,
}

/// The personal tokens of a database. Each method is one atomic statement.
pub trait PersonalTokens: Send + Sync {
    /// Reads a token that is neither revoked nor expired and whose user is enabled.
    fn find<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<FoundPersonalToken>>;

    /// Records a use at this time, unless a later one is recorded.
    fn record_use<'a>(&'a self, id: &'a str, at: Timestamp) -> StoreFuture<'a, ()>;

    /// Revokes a token of a user. Returns `false` if the user has no such token, or it was revoked before.
    fn revoke<'a>(&'a self, user_id: &'a str, id: &'a str) -> StoreFuture<'a, bool>;

    /// Revokes all tokens of a user. Returns how many.
    fn revoke_all<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, u64>;

    /// Deletes tokens that were revoked, or expired, longer than `keep` ago. Returns how many.
    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64>;
}

/// Hides the digest.
impl std::fmt::Debug for NewPersonalToken<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewPersonalToken").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Hides the digest.
impl std::fmt::Debug for FoundPersonalToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundPersonalToken").field("row", &self.row).field("now", &self.now).finish_non_exhaustive()
    }
}

/// The columns of a token, in the order of [`Columns`].
macro_rules! columns {
    () => {
        "personal_tokens.id, user_id, name, scope, personal_tokens.created_at, expires_at, last_used_at"
    };
}
pub(crate) use columns;

pub(crate) type Columns = (String, String, String, Option<String>, i64, Option<i64>, Option<i64>);
/// The columns, then the digest and the time.
pub(crate) type WithDigest = (String, String, String, Option<String>, i64, Option<i64>, Option<i64>, Vec<u8>, i64);

pub(crate) fn row(columns: Columns) -> Result<PersonalTokenRow, StoreError> {
    let (id, user_id, name, scope, created_at, expires_at, last_used_at) = columns;
    let time = |at: Option<i64>| at.map(|at| moment(at, "time of a personal token")).transpose();
    Ok(PersonalTokenRow {
        id,
        user_id,
        name,
        scope,
        created_at: moment(created_at, "creation time of a personal token")?,
        expires_at: time(expires_at)?,
        last_used_at: time(last_used_at)?,
    })
}

pub(crate) fn found(columns: WithDigest) -> Result<FoundPersonalToken, StoreError> {
    let (id, user_id, name, scope, created_at, expires_at, last_used_at, digest, now) = columns;
    Ok(FoundPersonalToken {
        row: row((id, user_id, name, scope, created_at, expires_at, last_used_at))?,
        digest,
        now: moment(now, "time")?,
    })
}
