//! The table `users` in a SQLite file.

use super::SqliteStorage;
use crate::database_error::{DatabaseError, answer};
use crate::users::{
    Columns, NewUser, UserPosition, UserRow, UserWithPassword, Users, WithPassword, columns, user, with_password,
};
use crate::values::signed;
use glowband_session::StoreFuture;
use sqlx::query::QueryAs;
use sqlx::sqlite::{SqliteArguments, SqliteExecutor};
use sqlx::{Sqlite, query, query_as, query_scalar};

const CREATE: &str = concat!(
    "INSERT INTO users (id, email, email_key, password, created_at, password_changed_at) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (email_key) DO NOTHING RETURNING ",
    columns!()
);
const FIND: &str = concat!("SELECT ", columns!(), ", password FROM users WHERE id = ?1");
const FIND_BY_EMAIL: &str = concat!("SELECT ", columns!(), ", password FROM users WHERE email_key = ?1");
const LIST: &str =
    concat!("SELECT ", columns!(), " FROM users WHERE (created_at, id) > (?1, ?2) ORDER BY created_at, id LIMIT ?3");
const SET_PASSWORD: &str = concat!(
    "UPDATE users SET password = ?2, password_changed_at = ?3, epoch = epoch + 1 WHERE id = ?1 RETURNING ",
    columns!()
);
const EPOCH: &str = "SELECT epoch FROM users WHERE id = ?1 AND disabled_at IS NULL";
const REHASH: &str = "UPDATE users SET password = ?3 WHERE id = ?1 AND password = ?2";
const DISABLE: &str = concat!(
    "UPDATE users SET disabled_at = coalesce(disabled_at, ?2), epoch = epoch + 1 WHERE id = ?1 RETURNING ",
    columns!()
);
const ENABLE: &str = concat!("UPDATE users SET disabled_at = NULL WHERE id = ?1 RETURNING ", columns!());
const DELETE: &str = "DELETE FROM users WHERE id = ?1";

type Rows<'q, Row> = QueryAs<'q, Sqlite, Row, SqliteArguments>;

/// Sets the password of a user, alone or in a transaction.
pub(super) async fn set_password(
    connection: impl SqliteExecutor<'_>,
    now: i64,
    id: &str,
    password: &str,
) -> Result<Option<UserRow>, DatabaseError> {
    let set = query_as(SET_PASSWORD).bind(id).bind(password).bind(now);
    Ok(set.fetch_all(connection).await?.pop().map(user).transpose()?)
}

impl SqliteStorage {
    async fn read_user(&self, rows: Rows<'_, WithPassword>) -> Result<Option<UserWithPassword>, DatabaseError> {
        Ok(rows.fetch_optional(self.readers()).await?.map(with_password).transpose()?)
    }

    /// Reads all rows: after the last one SQLite commits, and reports whether it could.
    async fn change_user(&self, rows: Rows<'_, Columns>) -> Result<Option<UserRow>, DatabaseError> {
        Ok(rows.fetch_all(self.writer()).await?.pop().map(user).transpose()?)
    }
}

impl Users for SqliteStorage {
    fn create<'a>(&'a self, new: NewUser<'a>) -> StoreFuture<'a, Option<UserRow>> {
        answer(async move {
            let create =
                query_as(CREATE).bind(new.id).bind(new.email).bind(new.email_key).bind(new.password).bind(self.now());
            self.change_user(create).await
        })
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
            Ok(list.fetch_all(self.readers()).await?.into_iter().map(user).collect::<Result<_, _>>()?)
        })
    }

    fn epoch<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<i64>> {
        answer(async move { Ok(query_scalar(EPOCH).bind(id).fetch_optional(self.readers()).await?) })
    }

    fn set_password<'a>(&'a self, id: &'a str, password: &'a str) -> StoreFuture<'a, Option<UserRow>> {
        answer(async move { set_password(self.writer(), self.now(), id, password).await })
    }

    fn rehash<'a>(&'a self, id: &'a str, from: &'a str, to: &'a str) -> StoreFuture<'a, bool> {
        answer(async move {
            let rehash = query(REHASH).bind(id).bind(from).bind(to);
            Ok(rehash.execute(self.writer()).await?.rows_affected() > 0)
        })
    }

    fn disable<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<UserRow>> {
        answer(async move { self.change_user(query_as(DISABLE).bind(id).bind(self.now())).await })
    }

    fn enable<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<UserRow>> {
        answer(self.change_user(query_as(ENABLE).bind(id)))
    }

    fn delete<'a>(&'a self, id: &'a str) -> StoreFuture<'a, bool> {
        answer(async move { Ok(query(DELETE).bind(id).execute(self.writer()).await?.rows_affected() > 0) })
    }
}
