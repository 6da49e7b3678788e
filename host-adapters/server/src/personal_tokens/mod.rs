//! Personal tokens: what machines and scripts log in with. The database holds their names and the digests of their secrets.

use crate::accounts::UserId;
use crate::database::damaged;
use glowband_issue::{PersonalToken, TokenDigest};
use glowband_session::{StoreError, Timestamp};
use glowband_storage::{Act, Look, Storage};
use std::time::Duration;

/// The personal tokens of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub struct PersonalTokens {
    storage: Storage,
}

/// A personal token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PersonalTokenRow {
    /// The public part of the token.
    pub(crate) id: String,
    pub(crate) user_id: UserId,
    pub(crate) name: String,
    pub(crate) scope: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    /// The last use, with a precision of a minute.
    pub(crate) last_used_at: Option<Timestamp>,
}

/// A token to be added.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewPersonalToken<'a> {
    /// The name that the user gives it.
    pub(crate) name: &'a str,
    /// Names separated by spaces; `None` if the token permits nothing in particular.
    pub(crate) scope: Option<&'a str>,
    /// How long the token is valid; `None` for no expiry.
    pub(crate) lifetime: Option<Duration>,
    /// How many valid tokens a user may have.
    pub(crate) most: u32,
}

/// The precision of `last_used_at`: at most one write a minute for each token.
const USE_PRECISION: Duration = Duration::from_secs(60);

impl PersonalTokens {
    pub(crate) fn new(storage: Storage) -> Self {
        Self { storage }
    }

    /// Stores a new token for the user of the act. Returns `None` if the user has as many as allowed.
    pub(crate) async fn insert(
        act: &mut Act,
        token: &PersonalToken,
        new: NewPersonalToken<'_>,
    ) -> Result<Option<PersonalTokenRow>, StoreError> {
        let new = glowband_storage::NewPersonalToken {
            id: token.id(),
            digest: *token.secret_digest().as_bytes(),
            name: new.name,
            scope: new.scope,
            lifetime: new.lifetime,
            most: new.most,
        };
        act.insert_personal_token(new).await?.map(PersonalTokenRow::try_from).transpose()
    }

    /// Reads the row of a valid token: it is known, neither revoked nor expired, and its user is enabled. Records the use.
    pub(crate) async fn verify(&self, token: &PersonalToken) -> Result<Option<PersonalTokenRow>, StoreError> {
        let Some(found) = self.storage.personal_tokens().find(token.id()).await? else {
            return Ok(None);
        };
        let digest = TokenDigest::from_bytes(&found.digest).ok_or_else(|| damaged("digest of a token"))?;
        // The comparison takes constant time; the id is not secret.
        if digest != token.secret_digest() {
            return Ok(None);
        }
        let (row, now) = (PersonalTokenRow::try_from(found.row)?, found.now);
        if row.last_used_at.is_none_or(|last| now.since(last) >= USE_PRECISION)
            && let Err(error) = self.storage.personal_tokens().record_use(&row.id, now).await
        {
            // The token stays valid on a database that is full or rejects writes.
            tracing::warn!(%error, "failed to record the use of a personal token");
        }
        Ok(Some(row))
    }

    /// Returns the user's tokens that are not revoked, expired ones included, the newest first.
    pub(crate) async fn list(look: &mut Look) -> Result<Vec<PersonalTokenRow>, StoreError> {
        look.personal_tokens().await?.into_iter().map(PersonalTokenRow::try_from).collect()
    }

    /// Revokes a token of the act's user by its id. Returns `None` if the user has no such token, or it was revoked before.
    pub(crate) async fn revoke(act: &mut Act, id: &str) -> Result<Option<PersonalTokenRow>, StoreError> {
        act.revoke_personal_token(id).await?.map(PersonalTokenRow::try_from).transpose()
    }

    /// Revokes a token that was presented, which itself permits that. Returns whether it was not revoked before.
    pub(crate) async fn revoke_presented(&self, row: &PersonalTokenRow) -> Result<bool, StoreError> {
        self.storage.personal_tokens().revoke(&row.user_id, &row.id).await
    }

    /// Revokes all tokens of the act's user. Returns how many.
    pub(crate) async fn revoke_all_in(act: &mut Act) -> Result<u64, StoreError> {
        act.revoke_personal_tokens().await
    }

    /// Revokes all tokens of a user for an operator. Returns how many.
    ///
    /// End the user's sessions first: a token that a login creates at the same time is then revoked, or not created.
    pub async fn revoke_all(&self, user: &UserId) -> Result<u64, StoreError> {
        self.storage.personal_tokens().revoke_all(user).await
    }

    /// Deletes tokens that were revoked, or expired, longer than `keep` ago. Returns how many.
    pub(crate) async fn prune(&self, keep: Duration) -> Result<u64, StoreError> {
        self.storage.personal_tokens().prune(keep).await
    }
}

impl TryFrom<glowband_storage::PersonalTokenRow> for PersonalTokenRow {
    type Error = StoreError;

    fn try_from(row: glowband_storage::PersonalTokenRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            user_id: row.user_id.parse().map_err(|_| damaged("user id"))?,
            name: row.name,
            scope: row.scope,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        })
    }
}

#[cfg(test)]
mod tests;
