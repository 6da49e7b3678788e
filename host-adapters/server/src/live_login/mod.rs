//! Logins that are open, and what is done in their name.
//!
//! An access token is checked when the head of a request arrives. The body may take its time, and passwords are hashed after
//! it, so the login may have ended before anything is done. That is why the first check decides nothing but who asks
//! ([`LiveLogin`]): every change is made through an [`Act`], and every listing through a [`Look`]. Both are transactions
//! that only exist for a login that is open, of a user who is enabled, at the moment at which they see the database.
//!
//! On PostgreSQL an act holds locks until it is committed. Everything that ends a login takes one of them: an ending comes
//! either after the act or before it, and then there is no act. The order of all locks is the same everywhere: the row of
//! the user, rows of sessions by their ids, the row of the feed. On SQLite an act holds the only write lock there is.

mod postgres;
mod sqlite;

use crate::accounts::{User, UserId};
use crate::database::{Database, SqliteFile};
use glowband_session::{
    Ending, PostgresChange, PostgresDatabase, PostgresStore, Session, SessionId, SqliteChange, SqliteStore, StoreError,
};
use sqlx::{Sqlite, Transaction};
use std::fmt;

/// A login that was open, and its user enabled, when it was looked at. It allows nothing by itself.
#[derive(Clone, Debug)]
pub(crate) struct LiveLogin {
    session_id: SessionId,
    user: User,
}

/// The sessions that an act ends, besides being decided by its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// None, or the own session.
    Own,
    /// This one.
    One(SessionId),
    /// Any of the user's.
    All,
}

/// A change in the name of a login, which is open, and its user enabled and unchanged, until the change is committed.
///
/// Nothing is done unless it is [committed](Self::commit).
#[must_use = "nothing is done until the act is committed"]
pub(crate) struct Act {
    login: LiveLogin,
    change: Change,
}

/// The transaction of an act.
#[expect(clippy::large_enum_variant, reason = "one for each act, moved a few times")]
pub(crate) enum Change {
    Sqlite(SqliteFile, SqliteChange),
    Postgres(PostgresDatabase, PostgresChange),
}

/// A consistent view of the database, in which a login is open and its user enabled.
pub(crate) struct Look {
    login: LiveLogin,
    view: View,
}

/// The transaction of a look.
#[expect(clippy::large_enum_variant, reason = "one for each act, moved a few times")]
pub(crate) enum View {
    Sqlite(SqliteFile, Transaction<'static, Sqlite>),
    Postgres(PostgresDatabase, PostgresChange),
}

/// Why nothing is done in the name of a login.
#[derive(Debug)]
pub(crate) enum NotLive {
    /// The session has ended or expired, or its user is disabled or deleted.
    Ended,
    /// The session is open, but the account has got another password since the request began.
    Changed,
    /// The database gave no answer.
    Store(StoreError),
}

impl LiveLogin {
    pub(crate) const fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// The user as they were when the login was looked at.
    pub(crate) const fn user(&self) -> &User {
        &self.user
    }
}

impl Database {
    /// Finds an open session of an enabled user. One statement decides.
    pub(crate) async fn live_login(&self, id: SessionId, user_id: &str) -> Result<Option<LiveLogin>, StoreError> {
        let Ok(user_id) = user_id.parse::<UserId>() else {
            return Ok(None);
        };
        let user = match self {
            Self::Sqlite(file) => sqlite::find(file.file.readers(), file.now(), id, &user_id).await?,
            Self::Postgres(database) => database
                .within_limit(postgres::find(database.pool(), id, &user_id))
                .await?
                .map(postgres::user)
                .transpose()?,
        };
        Ok(user.map(|user| LiveLogin { session_id: id, user }))
    }

    /// Begins a change in the name of a login.
    ///
    /// # Errors
    /// [`NotLive`], also if the password of the account was changed since the login was looked at.
    pub(crate) async fn act(&self, login: &LiveLogin, ends: Ends) -> Result<Act, NotLive> {
        let change = match self {
            Self::Sqlite(file) => Change::Sqlite(file.clone(), sqlite::begin(file, login).await?),
            Self::Postgres(database) => {
                Change::Postgres(database.clone(), postgres::begin(database, login, ends).await?)
            }
        };
        Ok(Act { login: login.clone(), change })
    }

    /// Begins to read in the name of a login.
    ///
    /// # Errors
    /// [`NotLive`].
    pub(crate) async fn look(&self, login: &LiveLogin) -> Result<Look, NotLive> {
        let view = match self {
            Self::Sqlite(file) => View::Sqlite(file.clone(), sqlite::look(file, login).await?),
            Self::Postgres(database) => View::Postgres(database.clone(), postgres::look(database, login).await?),
        };
        Ok(Look { login: login.clone(), view })
    }
}

impl Act {
    pub(crate) const fn user(&self) -> &User {
        &self.login.user
    }

    /// The transaction, for what belongs to it.
    pub(crate) const fn change(&mut self) -> &mut Change {
        &mut self.change
    }

    /// Ends the own session.
    pub(crate) async fn end_own(&mut self) -> Result<(), StoreError> {
        self.end(self.login.session_id).await.map(drop)
    }

    /// Ends one of the user's sessions, which the act must have been begun for ([`Ends::One`]). `None` if the user has no
    /// open session of this id.
    pub(crate) async fn end(&mut self, id: SessionId) -> Result<Option<SessionId>, StoreError> {
        let ended: Option<Session> = match &mut self.change {
            Change::Sqlite(file, change) => {
                if !sqlite::is_of(change, id, &self.login.user.id).await? {
                    return Ok(None);
                }
                sessions_in(file).end_in(change, id, Ending::Closed).await?
            }
            Change::Postgres(database, change) => {
                if !database.within_limit(postgres::is_of(change, id, &self.login.user.id)).await? {
                    return Ok(None);
                }
                PostgresStore::new(database.clone()).end_in(change, id, Ending::Closed).await?
            }
        };
        Ok(ended.map(|session| session.id))
    }

    /// Ends all sessions of the user but the own one. The act must have been begun with [`Ends::All`].
    pub(crate) async fn end_others(&mut self) -> Result<usize, StoreError> {
        self.end_all_but(Some(self.login.session_id)).await
    }

    /// Ends all sessions of the user. The act must have been begun with [`Ends::All`].
    pub(crate) async fn end_all(&mut self) -> Result<usize, StoreError> {
        self.end_all_but(None).await
    }

    async fn end_all_but(&mut self, except: Option<SessionId>) -> Result<usize, StoreError> {
        let user_id = self.login.user.id.as_str();
        let ended = match &mut self.change {
            Change::Sqlite(file, change) => sessions_in(file).end_all_in(change, user_id, except).await?,
            Change::Postgres(database, change) => {
                PostgresStore::new(database.clone()).end_all_in(change, user_id, except).await?
            }
        };
        Ok(ended.len())
    }

    /// Makes it last.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.change {
            Change::Sqlite(_, change) => change.commit().await,
            Change::Postgres(_, change) => change.commit().await,
        }
    }

    /// Undoes it. Dropping it does the same, but costs a connection.
    pub(crate) async fn undo(self) -> Result<(), StoreError> {
        match self.change {
            Change::Sqlite(_, change) => change.rollback().await,
            Change::Postgres(_, change) => change.rollback().await,
        }
    }
}

impl Look {
    pub(crate) const fn user(&self) -> &User {
        &self.login.user
    }

    /// The transaction, for what is read in it.
    pub(crate) const fn view(&mut self) -> &mut View {
        &mut self.view
    }

    /// The open sessions of the user, as [`SessionStore::list`](glowband_session::SessionStore::list) orders them.
    pub(crate) async fn sessions(&mut self) -> Result<Vec<Session>, StoreError> {
        let user_id = self.login.user.id.as_str();
        match &mut self.view {
            View::Sqlite(file, view) => sessions_in(file).list_in(view, user_id).await,
            View::Postgres(database, view) => PostgresStore::new(database.clone()).list_in(view, user_id).await,
        }
    }

    /// Gives the connection back.
    pub(crate) async fn end(self) -> Result<(), StoreError> {
        match self.view {
            View::Sqlite(_, view) => Ok(view.rollback().await?),
            View::Postgres(_, view) => view.rollback().await,
        }
    }
}

fn sessions_in(file: &SqliteFile) -> SqliteStore {
    SqliteStore::with_clock(file.file.clone(), file.clock())
}

impl From<StoreError> for NotLive {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for NotLive {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Act").field("login", &self.login).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod on_both_databases;
#[cfg(test)]
mod races;
