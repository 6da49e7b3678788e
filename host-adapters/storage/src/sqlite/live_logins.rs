//! Live logins in a SQLite file.

use super::{SqliteChange, SqliteStorage, personal_tokens, users};
use crate::database_error::{DatabaseError, answer, store_error};
use crate::live_logins::{Act, Change, Ends, LiveFuture, LiveLogin, LiveLogins, Look, NotLive, View};
use crate::personal_tokens::{NewPersonalToken, PersonalTokenRow};
use crate::session_sql::alive;
use crate::users::{Columns, UserRow, joined_columns, user};
use glowband_session::{Ending, Session, SessionId, StoreError, StoreFuture};
use sqlx::sqlite::SqliteExecutor;
use sqlx::{Sqlite, Transaction, query_as, query_scalar};

const FIND: &str = concat!(
    "SELECT ",
    joined_columns!(),
    " FROM sessions JOIN users ON users.id = user_id \
     WHERE sessions.id = ?1 AND user_id = ?2 AND disabled_at IS NULL AND ",
    alive!("?3")
);
const IS_OF: &str = "SELECT count(*) FROM sessions WHERE id = ?1 AND user_id = ?2";

/// The transaction of an act. It holds the write lock.
struct SqliteAct {
    storage: SqliteStorage,
    change: SqliteChange,
}

/// The transaction of a look.
struct SqliteLook {
    storage: SqliteStorage,
    view: Transaction<'static, Sqlite>,
}

async fn find(
    connection: impl SqliteExecutor<'_>,
    now: i64,
    id: SessionId,
    user_id: &str,
) -> Result<Option<UserRow>, StoreError> {
    let find = query_as::<Sqlite, Columns>(FIND).bind(id.as_bytes().to_vec()).bind(user_id).bind(now);
    find.fetch_optional(connection).await.map_err(store_error)?.map(user).transpose()
}

impl LiveLogins for SqliteStorage {
    fn find<'a>(&'a self, id: SessionId, user_id: &'a str) -> StoreFuture<'a, Option<LiveLogin>> {
        Box::pin(async move {
            let user = find(self.readers(), self.now(), id, user_id).await?;
            Ok(user.map(|user| LiveLogin::new(id, user)))
        })
    }

    /// The write lock excludes every other change, whatever the act ends.
    fn act<'a>(&'a self, login: &'a LiveLogin, _ends: Ends) -> LiveFuture<'a, Act> {
        Box::pin(async move {
            let mut change = self.database.change().await?;
            // The time is read while the write lock is held.
            let found = find(&mut *change, self.now(), login.session_id(), &login.user().id).await?;
            let refusal = match found {
                Some(user) if user.epoch == login.user().epoch => {
                    return Ok(Act::new(login, SqliteAct { storage: self.clone(), change }));
                }
                Some(_) => NotLive::Changed,
                None => NotLive::Ended,
            };
            change.rollback().await?;
            Err(refusal)
        })
    }

    fn look<'a>(&'a self, login: &'a LiveLogin) -> LiveFuture<'a, Look> {
        Box::pin(async move {
            let mut view = self.readers().begin().await.map_err(store_error)?;
            match find(&mut *view, self.now(), login.session_id(), &login.user().id).await? {
                Some(_) => Ok(Look::new(login, SqliteLook { storage: self.clone(), view })),
                None => Err(NotLive::Ended),
            }
        })
    }
}

impl SqliteAct {
    async fn belongs_to(&mut self, id: SessionId, user_id: &str) -> Result<bool, DatabaseError> {
        let count = query_scalar::<Sqlite, i64>(IS_OF).bind(id.as_bytes().to_vec()).bind(user_id);
        Ok(count.fetch_one(&mut *self.change).await? > 0)
    }
}

impl Change for SqliteAct {
    fn set_password<'a>(&'a mut self, user_id: &'a str, password: &'a str) -> StoreFuture<'a, ()> {
        answer(async move {
            users::set_password(&mut *self.change, self.storage.now(), user_id, password).await?;
            Ok(())
        })
    }

    fn insert_token<'a>(
        &'a mut self,
        user_id: &'a str,
        new: NewPersonalToken<'a>,
    ) -> StoreFuture<'a, Option<PersonalTokenRow>> {
        answer(personal_tokens::insert(&mut self.change, self.storage.now(), user_id, new))
    }

    fn revoke_token<'a>(&'a mut self, user_id: &'a str, id: &'a str) -> StoreFuture<'a, Option<PersonalTokenRow>> {
        answer(personal_tokens::revoke(&mut *self.change, self.storage.now(), user_id, id))
    }

    fn revoke_tokens<'a>(&'a mut self, user_id: &'a str) -> StoreFuture<'a, u64> {
        answer(personal_tokens::revoke_all(&mut *self.change, self.storage.now(), user_id))
    }

    fn end<'a>(&'a mut self, user_id: &'a str, id: SessionId) -> StoreFuture<'a, bool> {
        answer(async move {
            if !self.belongs_to(id, user_id).await? {
                return Ok(false);
            }
            Ok(self.storage.sessions.end_in(&mut self.change, id, Ending::Closed).await?.is_some())
        })
    }

    fn end_all<'a>(&'a mut self, user_id: &'a str, except: Option<SessionId>) -> StoreFuture<'a, usize> {
        answer(async move { Ok(self.storage.sessions.end_all_in(&mut self.change, user_id, except).await?.len()) })
    }

    fn commit(self: Box<Self>) -> StoreFuture<'static, ()> {
        Box::pin(self.change.commit())
    }

    fn rollback(self: Box<Self>) -> StoreFuture<'static, ()> {
        Box::pin(self.change.rollback())
    }
}

impl View for SqliteLook {
    fn sessions<'a>(&'a mut self, user_id: &'a str) -> StoreFuture<'a, Vec<Session>> {
        Box::pin(self.storage.sessions.list_in(&mut self.view, user_id))
    }

    fn tokens<'a>(&'a mut self, user_id: &'a str) -> StoreFuture<'a, Vec<PersonalTokenRow>> {
        answer(personal_tokens::list(&mut self.view, user_id))
    }

    fn end(self: Box<Self>) -> StoreFuture<'static, ()> {
        answer(async move { Ok(self.view.rollback().await?) })
    }
}
