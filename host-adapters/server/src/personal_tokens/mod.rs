//! Personal tokens: what machines and scripts log in with. The database has their names and the digests of their secrets.

mod postgres;
mod row;
mod sqlite;

pub(crate) use row::PersonalTokenRow;

use crate::accounts::UserId;
use crate::database::Database;
use glowband_issue::PersonalToken;
use glowband_session::{StoreError, Timestamp};
use row::Stored;
use std::time::Duration;

/// The personal tokens of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub(crate) struct PersonalTokens {
    database: Database,
}

/// What a token is to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewPersonalToken<'a> {
    /// What its owner calls it.
    pub(crate) name: &'a str,
    /// Names with spaces between them; `None` if it allows nothing in particular.
    pub(crate) scope: Option<&'a str>,
    /// How long it lives; for ever, if that is not said.
    pub(crate) lifetime: Option<Duration>,
    /// How many a user has at most that are good. Of several that are made in the same instant one or two more may be.
    pub(crate) most: u32,
}

/// How exact `last_used_at` is: one write a minute and token, however often it is used.
const USE_IS_NOTED: Duration = Duration::from_secs(60);

impl PersonalTokens {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Keeps a token that was just generated. `None` if the user has as many as allowed, or is gone.
    pub(crate) async fn insert(
        &self,
        token: &PersonalToken,
        user: &UserId,
        new: NewPersonalToken<'_>,
    ) -> Result<Option<PersonalTokenRow>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::insert(file, token, user, new).await,
            Database::Postgres(database) => postgres::insert(database, token, user, new).await,
        }
    }

    /// The row of a token that is good: it is known, neither revoked nor expired, and its user may log in. That it was used
    /// is noted, to the minute.
    pub(crate) async fn verify(&self, token: &PersonalToken) -> Result<Option<PersonalTokenRow>, StoreError> {
        let found = match &self.database {
            Database::Sqlite(file) => sqlite::find(file, token.id()).await?,
            Database::Postgres(database) => postgres::find(database, token.id()).await?,
        };
        // In constant time; the id is no secret.
        let Some(Stored { row, now, .. }) = found.filter(|stored| stored.digest == token.secret_digest()) else {
            return Ok(None);
        };
        if row.last_used_at.is_none_or(|last| now.since(last) >= USE_IS_NOTED)
            && let Err(error) = self.note_use(&row.id, now).await
        {
            // The token is good all the same, on a database that is full or takes no changes.
            tracing::warn!(%error, "that a personal token was used could not be noted");
        }
        Ok(Some(row))
    }

    async fn note_use(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::note_use(file, id, now).await,
            Database::Postgres(database) => postgres::note_use(database, id, now).await,
        }
    }

    /// The user's tokens that are not revoked, expired ones among them, the newest first.
    pub(crate) async fn list(&self, user: &UserId) -> Result<Vec<PersonalTokenRow>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::list(file, user).await,
            Database::Postgres(database) => postgres::list(database, user).await,
        }
    }

    /// Revokes one of the user's tokens by its id. `None` if there is no such token, or not any more.
    pub(crate) async fn revoke(&self, user: &UserId, id: &str) -> Result<Option<PersonalTokenRow>, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::revoke(file, user, id).await,
            Database::Postgres(database) => postgres::revoke(database, user, id).await,
        }
    }

    /// Revokes all of the user's tokens. Answers how many.
    pub(crate) async fn revoke_all(&self, user: &UserId) -> Result<u64, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::revoke_all(file, user).await,
            Database::Postgres(database) => postgres::revoke_all(database, user).await,
        }
    }

    /// Removes tokens that were revoked, or expired, longer than that ago. Answers how many.
    pub(crate) async fn prune(&self, keep: Duration) -> Result<u64, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::prune(file, keep).await,
            Database::Postgres(database) => postgres::prune(database, keep).await,
        }
    }
}

#[cfg(test)]
mod on_both_databases;
