//! Logins that are alive, and what is done in their name.
//!
//! An access token is checked when the head of a request arrives. The body may arrive much later, and passwords are hashed
//! after it, so the login may have ended in between. The first check therefore only identifies the user ([`LiveLogin`]).
//! Every change is made through an [`Act`], and every listing through a [`Look`]. Both are transactions. The database
//! creates them only for a session that is alive, of a user who is enabled, at the time at which the transaction reads.
//!
//! On PostgreSQL an act holds locks until it is committed. Everything that ends a login takes one of these locks, so an
//! ending comes either after the act or before it; in the second case there is no act. All locks are taken in one order:
//! the row of the user, rows of sessions by id, the row of the feed. On SQLite an act holds the only write lock.

use crate::personal_tokens::{NewPersonalToken, PersonalTokenRow};
use crate::users::UserRow;
use glowband_session::{Session, SessionId, StoreError, StoreFuture};
use std::fmt;
use std::pin::Pin;

/// A session that was alive, and its user enabled, when the row was read. It permits nothing by itself.
#[derive(Clone, Debug)]
pub struct LiveLogin {
    session_id: SessionId,
    user: UserRow,
}

/// The sessions that an act may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// None, or the session of the login itself.
    Own,
    /// The session of the login, and this one.
    One(SessionId),
    /// All sessions of the user.
    All,
}

/// Why there is no [`Act`] or [`Look`] for a login.
#[derive(Debug)]
pub enum NotLive {
    /// The session has ended or expired, or the user is disabled or deleted.
    Ended,
    /// The session is alive, but the password of the user has changed since the login was read.
    Changed,
    /// The database did not answer.
    Store(StoreError),
}

/// The future of an [`Act`] or a [`Look`].
pub type LiveFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, NotLive>> + Send + 'a>>;

/// The live logins of a database.
pub trait LiveLogins: Send + Sync {
    /// Reads a session that is alive and belongs to this user, who is enabled; by one statement.
    fn find<'a>(&'a self, id: SessionId, user_id: &'a str) -> StoreFuture<'a, Option<LiveLogin>>;

    /// Begins a change in the name of a login. Fails with [`NotLive`], also if the epoch of the user has changed since the
    /// login was read.
    fn act<'a>(&'a self, login: &'a LiveLogin, ends: Ends) -> LiveFuture<'a, Act>;

    /// Begins to read in the name of a login. Fails with [`NotLive`].
    fn look<'a>(&'a self, login: &'a LiveLogin) -> LiveFuture<'a, Look>;
}

/// A change in the name of a login. Until it is committed, the session is alive and the user enabled and unchanged.
///
/// Nothing is changed unless the act is [committed](Self::commit). Only a transaction of a database creates one.
#[must_use = "nothing is changed until the act is committed"]
pub struct Act {
    login: LiveLogin,
    change: Box<dyn Change>,
}

/// A consistent view of the database in which a session is alive and its user enabled. Only a transaction of a database
/// creates one.
pub struct Look {
    login: LiveLogin,
    view: Box<dyn View>,
}

/// The transaction of an act.
pub(crate) trait Change: Send {
    fn set_password<'a>(&'a mut self, user_id: &'a str, password: &'a str) -> StoreFuture<'a, ()>;
    fn insert_token<'a>(
        &'a mut self,
        user_id: &'a str,
        new: NewPersonalToken<'a>,
    ) -> StoreFuture<'a, Option<PersonalTokenRow>>;
    fn revoke_token<'a>(&'a mut self, user_id: &'a str, id: &'a str) -> StoreFuture<'a, Option<PersonalTokenRow>>;
    fn revoke_tokens<'a>(&'a mut self, user_id: &'a str) -> StoreFuture<'a, u64>;
    fn end<'a>(&'a mut self, user_id: &'a str, id: SessionId) -> StoreFuture<'a, bool>;
    fn end_all<'a>(&'a mut self, user_id: &'a str, except: Option<SessionId>) -> StoreFuture<'a, usize>;
    fn commit(self: Box<Self>) -> StoreFuture<'static, ()>;
    fn rollback(self: Box<Self>) -> StoreFuture<'static, ()>;
}

/// The transaction of a look.
pub(crate) trait View: Send {
    fn sessions<'a>(&'a mut self, user_id: &'a str) -> StoreFuture<'a, Vec<Session>>;
    fn tokens<'a>(&'a mut self, user_id: &'a str) -> StoreFuture<'a, Vec<PersonalTokenRow>>;
    fn end(self: Box<Self>) -> StoreFuture<'static, ()>;
}

impl LiveLogin {
    pub(crate) const fn new(session_id: SessionId, user: UserRow) -> Self {
        Self { session_id, user }
    }

    /// Returns the session.
    pub const fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// Returns the user as the row said when the login was read.
    pub const fn user(&self) -> &UserRow {
        &self.user
    }
}

impl Act {
    pub(crate) fn new(login: &LiveLogin, change: impl Change + 'static) -> Self {
        Self { login: login.clone(), change: Box::new(change) }
    }

    /// Returns the login that the act was begun for.
    pub const fn login(&self) -> &LiveLogin {
        &self.login
    }

    /// Sets the password of the user and raises the epoch.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn set_password(&mut self, password: &str) -> Result<(), StoreError> {
        self.change.set_password(&self.login.user.id, password).await
    }

    /// Adds a personal token of the user. Returns `None` if the user has as many as allowed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn insert_personal_token(
        &mut self,
        new: NewPersonalToken<'_>,
    ) -> Result<Option<PersonalTokenRow>, StoreError> {
        self.change.insert_token(&self.login.user.id, new).await
    }

    /// Revokes a personal token of the user. Returns `None` if the user has no such token, or it was revoked before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn revoke_personal_token(&mut self, id: &str) -> Result<Option<PersonalTokenRow>, StoreError> {
        self.change.revoke_token(&self.login.user.id, id).await
    }

    /// Revokes all personal tokens of the user. Returns how many. No token of the user is added at the same time.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn revoke_personal_tokens(&mut self) -> Result<u64, StoreError> {
        self.change.revoke_tokens(&self.login.user.id).await
    }

    /// Ends the session of the login itself.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_own(&mut self) -> Result<(), StoreError> {
        self.end(self.login.session_id).await.map(drop)
    }

    /// Ends one session of the user, for which the act must have been begun ([`Ends::One`]). Returns `None` if the user has
    /// no open session of this id.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end(&mut self, id: SessionId) -> Result<Option<SessionId>, StoreError> {
        Ok(self.change.end(&self.login.user.id, id).await?.then_some(id))
    }

    /// Ends all sessions of the user except that of the login; the act must have been begun with [`Ends::All`]. Returns how
    /// many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_others(&mut self) -> Result<usize, StoreError> {
        self.change.end_all(&self.login.user.id, Some(self.login.session_id)).await
    }

    /// Ends all sessions of the user; the act must have been begun with [`Ends::All`]. Returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_all(&mut self) -> Result<usize, StoreError> {
        self.change.end_all(&self.login.user.id, None).await
    }

    /// Commits the changes.
    ///
    /// # Errors
    /// Those of the database. Either all changes were made, or none.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.change.commit().await
    }

    /// Undoes the changes. Dropping the act does the same, but may cost a connection.
    ///
    /// # Errors
    /// Those of the database. The changes are undone in any case.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.change.rollback().await
    }
}

impl Look {
    pub(crate) fn new(login: &LiveLogin, view: impl View + 'static) -> Self {
        Self { login: login.clone(), view: Box::new(view) }
    }

    /// Returns the login that the look was begun for.
    pub const fn login(&self) -> &LiveLogin {
        &self.login
    }

    /// Returns the sessions of the user that are alive, in the order of
    /// [`SessionStore::list`](glowband_session::SessionStore::list).
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sessions(&mut self) -> Result<Vec<Session>, StoreError> {
        self.view.sessions(&self.login.user.id).await
    }

    /// Returns the personal tokens of the user that are not revoked, expired ones included, the newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn personal_tokens(&mut self) -> Result<Vec<PersonalTokenRow>, StoreError> {
        self.view.tokens(&self.login.user.id).await
    }

    /// Ends the transaction, so that its connection is free again.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end(self) -> Result<(), StoreError> {
        self.view.end().await
    }
}

impl From<StoreError> for NotLive {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for NotLive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("the session has ended, or its user is disabled"),
            Self::Changed => f.write_str("the password of the user has changed"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotLive {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(error) => error.source(),
            Self::Ended | Self::Changed => None,
        }
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Act").field("login", &self.login).finish_non_exhaustive()
    }
}

impl fmt::Debug for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Look").field("login", &self.login).finish_non_exhaustive()
    }
}
