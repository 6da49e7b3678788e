//! The table `opaque_tokens`: access tokens that are looked up.

use crate::values::{moment, sixteen};
use glowband_session::{SessionId, StoreError, StoreFuture, Timestamp};
use std::time::Duration;

/// What an opaque token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpaqueTokenRow {
    /// The session that it belongs to.
    pub session_id: SessionId,
    /// The user of the session.
    pub user_id: String,
    /// The client of the session.
    pub client: String,
    /// The scope of the token.
    pub scope: Option<String>,
    /// When the token was issued.
    pub issued_at: Timestamp,
    /// When the token expires.
    pub expires_at: Timestamp,
}

/// An opaque token to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewOpaqueToken<'a> {
    /// SHA-256 of the token.
    pub digest: [u8; 32],
    /// See [`OpaqueTokenRow::session_id`].
    pub session_id: SessionId,
    /// See [`OpaqueTokenRow::user_id`].
    pub user_id: &'a str,
    /// See [`OpaqueTokenRow::client`].
    pub client: &'a str,
    /// See [`OpaqueTokenRow::scope`].
    pub scope: Option<&'a str>,
    /// How long the token is valid.
    pub lifetime: Duration,
}

/// The opaque tokens of a database. Each method is one atomic statement, [`prune`](Self::prune) one for each batch.
pub trait OpaqueTokens: Send + Sync {
    /// Adds a token. Returns `false`, and changes nothing, if the user is disabled or does not exist.
    fn insert<'a>(&'a self, new: NewOpaqueToken<'a>) -> StoreFuture<'a, bool>;

    /// Reads the row of a token that has not expired, whose session is alive and whose user is enabled; all of that by one
    /// statement and one clock.
    fn find(&self, digest: [u8; 32]) -> StoreFuture<'_, Option<OpaqueTokenRow>>;

    /// Deletes a token; its session stays. Returns whether the token existed.
    fn delete(&self, digest: [u8; 32]) -> StoreFuture<'_, bool>;

    /// Deletes expired tokens, in batches. Returns how many.
    fn prune(&self) -> StoreFuture<'_, u64>;
}

/// The columns of a token, in the order of [`Columns`].
macro_rules! columns {
    () => {
        "session_id, token.user_id, token.client, token.scope, issued_at, expires_at"
    };
}
pub(crate) use columns;

pub(crate) type Columns = (Vec<u8>, String, String, Option<String>, i64, i64);

pub(crate) fn row(columns: Columns) -> Result<OpaqueTokenRow, StoreError> {
    let (session_id, user_id, client, scope, issued_at, expires_at) = columns;
    Ok(OpaqueTokenRow {
        session_id: SessionId::from_bytes(sixteen(&session_id, "session id")?),
        user_id,
        client,
        scope,
        issued_at: moment(issued_at, "issue time of an opaque token")?,
        expires_at: moment(expires_at, "expiry of an opaque token")?,
    })
}
