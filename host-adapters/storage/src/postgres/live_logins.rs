//! Live logins in a PostgreSQL database.

use super::storage::now;
use super::{PostgresChange, PostgresDatabase, PostgresStorage, personal_tokens, users};
use crate::database_error::answer;
use crate::live_logins::{Act, Change, Ends, LiveFuture, LiveLogin, LiveLogins, Look, NotLive, View};
use crate::personal_tokens::{NewPersonalToken, PersonalTokenRow, row};
use crate::session_sql::alive;
use crate::users::{Columns, joined_columns, user};
use glowband_session::{Ending, Session, SessionId, StoreError, StoreFuture};
use sqlx::postgres::{PgExecutor, Postgres};
use sqlx::{query_as, query_scalar};

/// `$2` is compared twice because the two columns differ in their collation.
const FIND: &str = concat!(
    "SELECT ",
    joined_columns!(),
    " FROM sessions, users, LATERAL (SELECT ",
    now!(),
    " AS now) AS clock WHERE sessions.id = $1 AND user_id = $2 AND users.id = $2 AND disabled_at IS NULL AND ",
    alive!("now")
);
/// Two acts of one user exclude each other, and every change or deletion of the user.
const LOCK_USER: &str = "SELECT epoch FROM users WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE";
/// The rows are locked in the order of their ids, as everything that ends several sessions does. The time is read after that.
const LOCK_THESE: &str = concat!(
    "WITH held AS MATERIALIZED (SELECT id, state, idle_expires_at, absolute_expires_at FROM sessions \
     WHERE id = ANY ($3) AND user_id = $1 AND state = 'open' ORDER BY id FOR NO KEY UPDATE) \
     SELECT count(*) FROM held WHERE id = $2 AND ",
    alive!(now!())
);
const LOCK_ALL: &str = concat!(
    "WITH held AS MATERIALIZED (SELECT id, state, idle_expires_at, absolute_expires_at FROM sessions \
     WHERE user_id = $1 AND state = 'open' ORDER BY id FOR NO KEY UPDATE) \
     SELECT count(*) FROM held WHERE id = $2 AND ",
    alive!(now!())
);
const IS_OF: &str = "SELECT count(*) FROM sessions WHERE id = $1 AND user_id = $2";

/// How often an act is begun again after PostgreSQL has undone it in favour of another transaction.
const ATTEMPTS: usize = 4;

/// The transaction of an act. It holds the row of the user and rows of sessions.
struct PostgresAct {
    storage: PostgresStorage,
    change: PostgresChange,
}

/// The transaction of a look.
struct PostgresLook {
    storage: PostgresStorage,
    view: PostgresChange,
}

async fn find(connection: impl PgExecutor<'_>, id: SessionId, user_id: &str) -> sqlx::Result<Option<Columns>> {
    let find = query_as::<Postgres, Columns>(FIND).bind(id.as_bytes().to_vec()).bind(user_id);
    find.fetch_optional(connection).await
}

/// Takes all locks that an act needs before anything is changed, so that it can be begun again.
async fn begin(database: &PostgresDatabase, login: &LiveLogin, ends: Ends) -> Result<PostgresChange, NotLive> {
    let mut attempt = 1;
    loop {
        let mut change = database.change().await?;
        match lock(database, &mut change, login, ends).await {
            Ok(()) => return Ok(change),
            Err(NotLive::Store(error)) if attempt < ATTEMPTS && was_undone(&error) => {
                change.rollback().await?;
                attempt += 1;
            }
            Err(error) => {
                // The result is known already; a connection that fails here is closed.
                let _ = change.rollback().await;
                return Err(error);
            }
        }
    }
}

async fn lock(
    database: &PostgresDatabase,
    change: &mut PostgresChange,
    login: &LiveLogin,
    ends: Ends,
) -> Result<(), NotLive> {
    let user_id = login.user().id.as_str();
    let own = login.session_id().as_bytes().to_vec();
    let user = query_scalar::<Postgres, i64>(LOCK_USER).bind(user_id);
    let epoch = database.within_limit(user.fetch_optional(&mut **change)).await?.ok_or(NotLive::Ended)?;
    let sessions = match ends {
        Ends::All => query_scalar::<Postgres, i64>(LOCK_ALL).bind(user_id).bind(own),
        Ends::Own => query_scalar(LOCK_THESE).bind(user_id).bind(own.clone()).bind(vec![own]),
        Ends::One(id) => {
            query_scalar(LOCK_THESE).bind(user_id).bind(own.clone()).bind(vec![own, id.as_bytes().to_vec()])
        }
    };
    if database.within_limit(sessions.fetch_one(&mut **change)).await? == 0 {
        return Err(NotLive::Ended);
    }
    if epoch == login.user().epoch { Ok(()) } else { Err(NotLive::Changed) }
}

/// Returns whether PostgreSQL undid a transaction because of a deadlock or a serialization failure. The locks are taken in
/// one order, so neither is expected.
fn was_undone(error: &StoreError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<sqlx::Error>());
    let code = cause.and_then(sqlx::Error::as_database_error).and_then(|error| error.code());
    code.is_some_and(|code| code == "40P01" || code == "40001")
}

impl LiveLogins for PostgresStorage {
    fn find<'a>(&'a self, id: SessionId, user_id: &'a str) -> StoreFuture<'a, Option<LiveLogin>> {
        answer(async move {
            let found = self.database.within_limit(find(self.database.pool(), id, user_id)).await?;
            Ok(found.map(user).transpose()?.map(|user| LiveLogin::new(id, user)))
        })
    }

    fn act<'a>(&'a self, login: &'a LiveLogin, ends: Ends) -> LiveFuture<'a, Act> {
        Box::pin(async move {
            let change = begin(&self.database, login, ends).await?;
            Ok(Act::new(login, PostgresAct { storage: self.clone(), change }))
        })
    }

    fn look<'a>(&'a self, login: &'a LiveLogin) -> LiveFuture<'a, Look> {
        Box::pin(async move {
            let mut view = self.database.look().await?;
            let found = find(&mut *view, login.session_id(), &login.user().id);
            if self.database.within_limit(found).await?.is_some() {
                return Ok(Look::new(login, PostgresLook { storage: self.clone(), view }));
            }
            view.rollback().await?;
            Err(NotLive::Ended)
        })
    }
}

impl Change for PostgresAct {
    fn set_password<'a>(&'a mut self, user_id: &'a str, password: &'a str) -> StoreFuture<'a, ()> {
        answer(async move {
            let set = users::set_password(&mut *self.change, user_id, password);
            self.storage.database.within_limit(set).await?;
            Ok(())
        })
    }

    fn insert_token<'a>(
        &'a mut self,
        user_id: &'a str,
        new: NewPersonalToken<'a>,
    ) -> StoreFuture<'a, Option<PersonalTokenRow>> {
        answer(async move {
            let insert = personal_tokens::insert(&mut self.change, user_id, new);
            Ok(self.storage.database.within_limit(insert).await?.map(row).transpose()?)
        })
    }

    fn revoke_token<'a>(&'a mut self, user_id: &'a str, id: &'a str) -> StoreFuture<'a, Option<PersonalTokenRow>> {
        answer(async move {
            let revoke = personal_tokens::revoke(&mut *self.change, user_id, id);
            Ok(self.storage.database.within_limit(revoke).await?.map(row).transpose()?)
        })
    }

    fn revoke_tokens<'a>(&'a mut self, user_id: &'a str) -> StoreFuture<'a, u64> {
        answer(async move {
            let revoke = personal_tokens::revoke_all(&mut *self.change, user_id);
            Ok(self.storage.database.within_limit(revoke).await?)
        })
    }

    fn end<'a>(&'a mut self, user_id: &'a str, id: SessionId) -> StoreFuture<'a, bool> {
        answer(async move {
            let count = query_scalar::<Postgres, i64>(IS_OF).bind(id.as_bytes().to_vec()).bind(user_id);
            if self.storage.database.within_limit(count.fetch_one(&mut *self.change)).await? == 0 {
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

impl View for PostgresLook {
    fn sessions<'a>(&'a mut self, user_id: &'a str) -> StoreFuture<'a, Vec<Session>> {
        Box::pin(self.storage.sessions.list_in(&mut self.view, user_id))
    }

    fn tokens<'a>(&'a mut self, user_id: &'a str) -> StoreFuture<'a, Vec<PersonalTokenRow>> {
        answer(async move {
            let list = personal_tokens::list(&mut self.view, user_id);
            let rows = self.storage.database.within_limit(list).await?;
            Ok(rows.into_iter().map(row).collect::<Result<_, _>>()?)
        })
    }

    fn end(self: Box<Self>) -> StoreFuture<'static, ()> {
        Box::pin(self.view.rollback())
    }
}
