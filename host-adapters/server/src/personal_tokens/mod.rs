//! Personal tokens: what machines and scripts log in with. The database has their names and the digests of their secrets.

mod postgres;
mod row;
mod sqlite;

pub(crate) use row::PersonalTokenRow;

use crate::accounts::UserId;
use crate::database::Database;
use crate::live_login::{Act, Change, Look, View};
use glowband_issue::PersonalToken;
use glowband_session::{StoreError, Timestamp};
use row::Stored;
use std::time::Duration;

/// The personal tokens of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub struct PersonalTokens {
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
    /// How many a user has at most that are good.
    pub(crate) most: u32,
}

/// How exact `last_used_at` is: one write a minute and token, however often it is used.
const USE_IS_NOTED: Duration = Duration::from_secs(60);

impl PersonalTokens {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Keeps a token that was just generated, for the user of the act. `None` if the user has as many as allowed.
    pub(crate) async fn insert(
        act: &mut Act,
        token: &PersonalToken,
        new: NewPersonalToken<'_>,
    ) -> Result<Option<PersonalTokenRow>, StoreError> {
        let user = act.user().id.clone();
        match act.change() {
            Change::Sqlite(file, change) => sqlite::insert(change, file.now(), token, &user, new).await,
            Change::Postgres(database, change) => {
                let row = database.within_limit(postgres::insert(change, token, &user, new)).await?;
                row.map(row::row).transpose()
            }
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
    pub(crate) async fn list(look: &mut Look) -> Result<Vec<PersonalTokenRow>, StoreError> {
        let user = look.user().id.clone();
        let rows = match look.view() {
            View::Sqlite(_, view) => sqlite::list(view, &user).await?,
            View::Postgres(database, view) => database.within_limit(postgres::list(view, &user)).await?,
        };
        rows.into_iter().map(row::row).collect()
    }

    /// Revokes one of the tokens of the act's user by its id. `None` if there is no such token, or not any more.
    pub(crate) async fn revoke(act: &mut Act, id: &str) -> Result<Option<PersonalTokenRow>, StoreError> {
        let user = act.user().id.clone();
        let row = match act.change() {
            Change::Sqlite(file, change) => sqlite::revoke(&mut **change, file.now(), &user, id).await?,
            Change::Postgres(database, change) => {
                database.within_limit(postgres::revoke(&mut **change, &user, id)).await?
            }
        };
        row.map(row::row).transpose()
    }

    /// Revokes a token that was presented, by its row: the token itself allows that. Answers whether it was not revoked
    /// before.
    pub(crate) async fn revoke_presented(&self, row: &PersonalTokenRow) -> Result<bool, StoreError> {
        let (user, id) = (&row.user_id, row.id.as_str());
        let row = match &self.database {
            Database::Sqlite(file) => sqlite::revoke(file.file.writer(), file.now(), user, id).await?,
            Database::Postgres(database) => database.within_limit(postgres::revoke(database.pool(), user, id)).await?,
        };
        Ok(row.is_some())
    }

    /// Revokes all tokens of the act's user. Answers how many. No token of theirs is made at the same time.
    pub(crate) async fn revoke_all_in(act: &mut Act) -> Result<u64, StoreError> {
        let user = act.user().id.clone();
        match act.change() {
            Change::Sqlite(file, change) => sqlite::revoke_all(&mut **change, file.now(), &user).await,
            Change::Postgres(database, change) => {
                database.within_limit(postgres::revoke_all(&mut **change, &user)).await
            }
        }
    }

    /// Revokes all of the user's tokens in the name of an operator. Answers how many.
    ///
    /// End the user's sessions first: a token that a login makes meanwhile is then revoked, or not made.
    pub async fn revoke_all(&self, user: &UserId) -> Result<u64, StoreError> {
        match &self.database {
            Database::Sqlite(file) => sqlite::revoke_all(file.file.writer(), file.now(), user).await,
            Database::Postgres(database) => database.within_limit(postgres::revoke_all(database.pool(), user)).await,
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
