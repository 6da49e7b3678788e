//! Open logins in a PostgreSQL database, by its own clock.

use super::{Ends, LiveLogin, NotLive};
use crate::accounts::UserId;
use crate::database::postgres_now;
use glowband_session::{PostgresChange, PostgresDatabase, SessionId, StoreError};
use sqlx::postgres::{PgConnection, Postgres};
use sqlx::{PgExecutor, query_as, query_scalar};

use crate::accounts::UserColumns;
pub(super) use crate::accounts::user_of_row as user;

/// The names of columns are those of one table each, so that no `AS` is needed. `$2` stands on both sides: the columns differ
/// in their collation.
const FIND: &str = concat!(
    "SELECT users.id, email, users.created_at, password_changed_at, disabled_at, epoch FROM sessions, users, LATERAL (SELECT ",
    postgres_now!(),
    " AS now) AS clock WHERE sessions.id = $1 AND user_id = $2 AND users.id = $2 AND state = 'open' \
     AND idle_expires_at > now AND absolute_expires_at > now AND disabled_at IS NULL"
);
/// Two acts of one user wait for each other, and for whatever changes or deletes the user.
const HOLD_USER: &str = "SELECT epoch FROM users WHERE id = $1 AND disabled_at IS NULL FOR NO KEY UPDATE";
/// The rows are locked in the order of their ids, as everything that ends several sessions does. The time is taken after that.
const HOLD_THESE: &str = concat!(
    "WITH held AS MATERIALIZED (SELECT id, idle_expires_at, absolute_expires_at FROM sessions WHERE id = ANY ($3) \
     AND user_id = $1 AND state = 'open' ORDER BY id FOR NO KEY UPDATE) \
     SELECT count(*) FROM held WHERE id = $2 AND idle_expires_at > ",
    postgres_now!(),
    " AND absolute_expires_at > ",
    postgres_now!()
);
const HOLD_ALL: &str = concat!(
    "WITH held AS MATERIALIZED (SELECT id, idle_expires_at, absolute_expires_at FROM sessions WHERE user_id = $1 \
     AND state = 'open' ORDER BY id FOR NO KEY UPDATE) SELECT count(*) FROM held WHERE id = $2 AND idle_expires_at > ",
    postgres_now!(),
    " AND absolute_expires_at > ",
    postgres_now!()
);
const IS_OF: &str = "SELECT count(*) FROM sessions WHERE id = $1 AND user_id = $2";

/// How often an act is begun anew after PostgreSQL has undone it for the sake of another transaction.
const ATTEMPTS: usize = 4;

pub(super) async fn find(
    connection: impl PgExecutor<'_>,
    id: SessionId,
    user: &UserId,
) -> sqlx::Result<Option<UserColumns>> {
    let find = query_as::<Postgres, UserColumns>(FIND).bind(id.as_bytes().to_vec()).bind(user.as_str());
    find.fetch_optional(connection).await
}

pub(super) async fn is_of(connection: &mut PgConnection, id: SessionId, user: &UserId) -> sqlx::Result<bool> {
    let count = query_scalar::<Postgres, i64>(IS_OF).bind(id.as_bytes().to_vec()).bind(user.as_str());
    Ok(count.fetch_one(connection).await? > 0)
}

/// Takes all locks that the act needs before anything is changed, so that it can be begun anew.
pub(super) async fn begin(
    database: &PostgresDatabase,
    login: &LiveLogin,
    ends: Ends,
) -> Result<PostgresChange, NotLive> {
    let mut attempt = 1;
    loop {
        let mut change = database.change().await?;
        match decide(database, &mut change, login, ends).await {
            Ok(()) => return Ok(change),
            Err(NotLive::Store(error)) if attempt < ATTEMPTS && was_undone(&error) => {
                change.rollback().await?;
                attempt += 1;
            }
            Err(error) => {
                // The answer is known; a connection that cannot say more is closed.
                let _ = change.rollback().await;
                return Err(error);
            }
        }
    }
}

async fn decide(
    database: &PostgresDatabase,
    change: &mut PostgresChange,
    login: &LiveLogin,
    ends: Ends,
) -> Result<(), NotLive> {
    let user_id = login.user.id.as_str();
    let own = login.session_id.as_bytes().to_vec();
    let user = query_scalar::<Postgres, i64>(HOLD_USER).bind(user_id);
    let epoch = database.within_limit(user.fetch_optional(&mut **change)).await?.ok_or(NotLive::Ended)?;
    let hold = match ends {
        Ends::All => query_scalar::<Postgres, i64>(HOLD_ALL).bind(user_id).bind(own),
        Ends::Own => query_scalar(HOLD_THESE).bind(user_id).bind(own.clone()).bind(vec![own]),
        Ends::One(id) => {
            query_scalar(HOLD_THESE).bind(user_id).bind(own.clone()).bind(vec![own, id.as_bytes().to_vec()])
        }
    };
    if database.within_limit(hold.fetch_one(&mut **change)).await? == 0 {
        return Err(NotLive::Ended);
    }
    if epoch == login.user.epoch { Ok(()) } else { Err(NotLive::Changed) }
}

pub(super) async fn look(database: &PostgresDatabase, login: &LiveLogin) -> Result<PostgresChange, NotLive> {
    let mut view = database.look().await?;
    match database.within_limit(find(&mut *view, login.session_id, &login.user.id)).await? {
        Some(_) => Ok(view),
        None => {
            view.rollback().await?;
            Err(NotLive::Ended)
        }
    }
}

/// A deadlock, or a serialization failure. The locks are taken in one order, so neither is expected.
fn was_undone(error: &StoreError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<sqlx::Error>());
    let code = cause.and_then(sqlx::Error::as_database_error).and_then(|error| error.code());
    code.is_some_and(|code| code == "40P01" || code == "40001")
}
