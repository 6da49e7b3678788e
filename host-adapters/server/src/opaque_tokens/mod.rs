//! Opaque access tokens: the row says what a token stands for, and the end of its session makes it invalid at once.

use crate::accounts::UserId;
use crate::database::damaged;
use glowband_issue::OpaqueToken;
use glowband_session::{Session, SessionId, StoreError, Timestamp};
use glowband_storage::{NewOpaqueToken, Storage};
use std::time::Duration;

/// The opaque tokens of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub(crate) struct OpaqueTokens {
    storage: Storage,
}

/// What a token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpaqueTokenRow {
    pub(crate) session_id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) client: String,
    pub(crate) scope: Option<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

impl OpaqueTokens {
    pub(crate) fn new(storage: Storage) -> Self {
        Self { storage }
    }

    /// Stores a new token for a session. Returns `false`, and stores nothing, if the user is disabled or deleted.
    pub(crate) async fn insert(
        &self,
        token: &OpaqueToken,
        session: &Session,
        lifetime: Duration,
    ) -> Result<bool, StoreError> {
        let new = NewOpaqueToken {
            digest: *token.digest().as_bytes(),
            session_id: session.id,
            user_id: &session.user_id,
            client: &session.client,
            scope: session.scope.as_deref(),
            lifetime,
        };
        self.storage.opaque_tokens().insert(new).await
    }

    /// Reads the row of a valid token: it is known and has not expired, its session is alive and its user enabled.
    pub(crate) async fn find(&self, token: &OpaqueToken) -> Result<Option<OpaqueTokenRow>, StoreError> {
        let Some(row) = self.storage.opaque_tokens().find(*token.digest().as_bytes()).await? else {
            return Ok(None);
        };
        Ok(Some(OpaqueTokenRow {
            session_id: row.session_id,
            user_id: row.user_id.parse().map_err(|_| damaged("user id"))?,
            client: row.client,
            scope: row.scope,
            issued_at: row.issued_at,
            expires_at: row.expires_at,
        }))
    }

    /// Deletes a token; its session stays. Returns whether the token existed.
    pub(crate) async fn revoke(&self, token: &OpaqueToken) -> Result<bool, StoreError> {
        self.storage.opaque_tokens().delete(*token.digest().as_bytes()).await
    }

    /// Deletes expired tokens. Returns how many.
    pub(crate) async fn prune(&self) -> Result<u64, StoreError> {
        self.storage.opaque_tokens().prune().await
    }
}
