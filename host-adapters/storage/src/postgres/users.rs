//! The table `users` in a PostgreSQL database.

use super::PostgresStorage;
use super::storage::now;
use crate::database_error::{DatabaseError, answer};
use crate::users::{
    Columns, NewUser, UserPosition, UserRow, UserWithPassword, Users, WithPassword, columns, user, with_password,
};
use crate::values::signed;
use glowband_session::StoreFuture;
use sqlx::postgres::{PgArguments, PgExecutor};
use sqlx::query::QueryAs;
use sqlx::{Postgres, query, query_as, query_scalar};

const CREATE: &str = concat!(
    "WITH clock AS MATERIALIZED (SELECT ",
    now!(),
    " AS now) INSERT INTO users (id, email, email_key, password, created_at, password_changed_at) \
     SELECT $1, $2, $3, $4, now, now FROM clock ON CONFLICT (email_key) DO NOTHING RETURNING ",
    columns!()
);
const FIND: &str = concat!("SELECT ", columns!(), ", password FROM users WHERE id = $1");
const FIND_BY_EMAIL: &str = concat!("SELECT ", columns!(), ", password FROM users WHERE email_key = $1");
const LIST: &str =
    concat!("SELECT ", columns!(), " FROM users WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3");
/// The row is locked before the time is read, so that an act of the user that is in progress comes before it.
const SET_PASSWORD: &str = concat!(
    "UPDATE users SET password = $2, password_changed_at = ",
    now!(),
    ", epoch = epoch + 1 WHERE id = (SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE) RETURNING ",
    columns!()
);
const EPOCH: &str = "SELECT epoch FROM users WHERE id = $1 AND disabled_at IS NULL FOR SHARE";
const REHASH: &str = "UPDATE users SET password = $3 WHERE id = $1 AND password = $2";
const DISABLE: &str = concat!(
    "UPDATE users SET disabled_at = coalesce(disabled_at, ",
    now!(),
    "), epoch = epoch + 1 WHERE id = (SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE) RETURNING ",
    columns!()
);
const ENABLE: &str = concat!("UPDATE users SET disabled_at = NULL WHERE id = $1 RETURNING ", columns!());
const DELETE: &str = "DELETE FROM users WHERE id = $1";

type Rows<'q, Row> = QueryAs<'q, Postgres, Row, PgArguments>;

/// Sets the password of a user, alone or in a transaction.
pub(super) async fn set_password(
    connection: impl PgExecutor<'_>,
    id: &str,
    password: &str,
) -> sqlx::Result<Option<Columns>> {
    query_as(SET_PASSWORD).bind(id).bind(password).fetch_optional(connection).await
}

impl PostgresStorage {
    async fn read_user(&self, rows: Rows<'_, WithPassword>) -> Result<Option<UserWithPassword>, DatabaseError> {
        let row = self.database.within_limit(rows.fetch_optional(self.database.pool())).await?;
        Ok(row.map(with_password).transpose()?)
    }

    async fn change_user(&self, rows: Rows<'_, Columns>) -> Result<Option<UserRow>, DatabaseError> {
        let row = self.database.within_limit(rows.fetch_optional(self.database.pool())).await?;
        Ok(row.map(user).transpose()?)
    }
}

impl Users for PostgresStorage {
    fn create<'a>(&'a self, new: NewUser<'a>) -> StoreFuture<'a, Option<UserRow>> {
        let create = query_as(CREATE).bind(new.id).bind(new.email).bind(new.email_key).bind(new.password);
        answer(self.change_user(create))
    }

    fn find<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<UserWithPassword>> {
        answer(self.read_user(query_as(FIND).bind(id)))
    }

    fn find_by_email<'a>(&'a self, email_key: &'a str) -> StoreFuture<'a, Option<UserWithPassword>> {
        answer(self.read_user(query_as(FIND_BY_EMAIL).bind(email_key)))
    }

    fn list(&self, after: Option<UserPosition>, limit: u32) -> StoreFuture<'_, Vec<UserRow>> {
        answer(async move {
            let (at, id) = after.map_or((-1, String::new()), |after| (signed(after.created_at.0), after.id));
            let list: Rows<'_, Columns> = query_as(LIST).bind(at).bind(id).bind(i64::from(limit));
            let rows = self.database.within_limit(list.fetch_all(self.database.pool())).await?;
            Ok(rows.into_iter().map(user).collect::<Result<_, _>>()?)
        })
    }

    fn epoch<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<i64>> {
        answer(async move {
            let epoch = query_scalar(EPOCH).bind(id);
            Ok(self.database.within_limit(epoch.fetch_optional(self.database.pool())).await?)
        })
    }

    fn set_password<'a>(&'a self, id: &'a str, password: &'a str) -> StoreFuture<'a, Option<UserRow>> {
        answer(async move {
            let row = self.database.within_limit(set_password(self.database.pool(), id, password)).await?;
            Ok(row.map(user).transpose()?)
        })
    }

    fn rehash<'a>(&'a self, id: &'a str, from: &'a str, to: &'a str) -> StoreFuture<'a, bool> {
        answer(async move {
            let rehash = query(REHASH).bind(id).bind(from).bind(to);
            Ok(self.database.within_limit(rehash.execute(self.database.pool())).await?.rows_affected() > 0)
        })
    }

    fn disable<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<UserRow>> {
        answer(self.change_user(query_as(DISABLE).bind(id)))
    }

    fn enable<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<UserRow>> {
        answer(self.change_user(query_as(ENABLE).bind(id)))
    }

    fn delete<'a>(&'a self, id: &'a str) -> StoreFuture<'a, bool> {
        answer(async move {
            let delete = query(DELETE).bind(id);
            Ok(self.database.within_limit(delete.execute(self.database.pool())).await?.rows_affected() > 0)
        })
    }
}
