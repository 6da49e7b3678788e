//! Users in a PostgreSQL database, by its own clock.

use super::user::{Columns, WithPassword, columns, credentials, user};
use super::{After, Credentials, Email, User, UserId};
use crate::database::{postgres_now, signed};
use crate::passwords::StoredPassword;
use glowband_session::{PostgresDatabase, StoreError};
use sqlx::postgres::PgArguments;
use sqlx::query::QueryAs;
use sqlx::{PgExecutor, Postgres, query, query_as, query_scalar};

const CREATE: &str = concat!(
    "WITH clock AS MATERIALIZED (SELECT ",
    postgres_now!(),
    " AS now) INSERT INTO users (id, email, email_key, password, created_at, password_changed_at) \
     SELECT $1, $2, $3, $4, now, now FROM clock ON CONFLICT (email_key) DO NOTHING RETURNING ",
    columns!()
);
const FIND: &str = concat!("SELECT ", columns!(), ", password FROM users WHERE id = $1");
const FIND_BY_EMAIL: &str = concat!("SELECT ", columns!(), ", password FROM users WHERE email_key = $1");
const LIST: &str =
    concat!("SELECT ", columns!(), " FROM users WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3");
/// The row is locked before the time is taken: an act of the user that is under way comes before it.
const SET_PASSWORD: &str = concat!(
    "UPDATE users SET password = $2, password_changed_at = ",
    postgres_now!(),
    ", epoch = epoch + 1 WHERE id = (SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE) RETURNING ",
    columns!()
);
const EPOCH: &str = "SELECT epoch FROM users WHERE id = $1 AND disabled_at IS NULL FOR SHARE";
const REHASH: &str = "UPDATE users SET password = $3 WHERE id = $1 AND password = $2";
const DISABLE: &str = concat!(
    "UPDATE users SET disabled_at = coalesce(disabled_at, ",
    postgres_now!(),
    "), epoch = epoch + 1 WHERE id = (SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE) RETURNING ",
    columns!()
);
const ENABLE: &str = concat!("UPDATE users SET disabled_at = NULL WHERE id = $1 RETURNING ", columns!());
const DELETE: &str = "DELETE FROM users WHERE id = $1";

type Rows<'q, Row> = QueryAs<'q, Postgres, Row, PgArguments>;

pub(super) async fn create(
    database: &PostgresDatabase,
    id: &UserId,
    email: &Email,
    password: &StoredPassword,
) -> Result<Option<User>, StoreError> {
    let create = query_as(CREATE).bind(id.as_str()).bind(email.as_str()).bind(email.key()).bind(password.as_str());
    change(database, create).await
}

pub(super) async fn find(database: &PostgresDatabase, id: &UserId) -> Result<Option<Credentials>, StoreError> {
    look(database, query_as(FIND).bind(id.as_str())).await
}

pub(super) async fn find_by_email(
    database: &PostgresDatabase,
    email: &Email,
) -> Result<Option<Credentials>, StoreError> {
    look(database, query_as(FIND_BY_EMAIL).bind(email.key())).await
}

pub(super) async fn list(
    database: &PostgresDatabase,
    after: Option<After>,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let (at, id) = after.map_or((-1, String::new()), |after| (signed(after.created_at.0), after.id.to_string()));
    let list: Rows<'_, Columns> = query_as(LIST).bind(at).bind(id).bind(i64::from(limit));
    let rows = database.within_limit(list.fetch_all(database.pool())).await?;
    rows.into_iter().map(user).collect()
}

pub(super) async fn set_password(
    connection: impl PgExecutor<'_>,
    id: &UserId,
    password: &StoredPassword,
) -> sqlx::Result<Option<Columns>> {
    query_as(SET_PASSWORD).bind(id.as_str()).bind(password.as_str()).fetch_optional(connection).await
}

/// The epoch of an enabled user, after every change of the user that was under way.
pub(super) async fn epoch(database: &PostgresDatabase, id: &UserId) -> Result<Option<i64>, StoreError> {
    let epoch = query_scalar(EPOCH).bind(id.as_str());
    database.within_limit(epoch.fetch_optional(database.pool())).await
}

pub(super) async fn rehash(
    database: &PostgresDatabase,
    id: &UserId,
    from: &StoredPassword,
    to: &StoredPassword,
) -> Result<bool, StoreError> {
    let rehash = query(REHASH).bind(id.as_str()).bind(from.as_str()).bind(to.as_str());
    Ok(database.within_limit(rehash.execute(database.pool())).await?.rows_affected() > 0)
}

pub(super) async fn disable(database: &PostgresDatabase, id: &UserId) -> Result<Option<User>, StoreError> {
    change(database, query_as(DISABLE).bind(id.as_str())).await
}

pub(super) async fn enable(database: &PostgresDatabase, id: &UserId) -> Result<Option<User>, StoreError> {
    change(database, query_as(ENABLE).bind(id.as_str())).await
}

pub(super) async fn delete(database: &PostgresDatabase, id: &UserId) -> Result<bool, StoreError> {
    let delete = query(DELETE).bind(id.as_str());
    Ok(database.within_limit(delete.execute(database.pool())).await?.rows_affected() > 0)
}

async fn look(database: &PostgresDatabase, rows: Rows<'_, WithPassword>) -> Result<Option<Credentials>, StoreError> {
    database.within_limit(rows.fetch_optional(database.pool())).await?.map(credentials).transpose()
}

async fn change(database: &PostgresDatabase, rows: Rows<'_, Columns>) -> Result<Option<User>, StoreError> {
    database.within_limit(rows.fetch_optional(database.pool())).await?.map(user).transpose()
}
