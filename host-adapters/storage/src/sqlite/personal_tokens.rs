//! The table `personal_tokens` in a SQLite file.

use super::SqliteStorage;
use crate::database_error::{DatabaseError, answer};
use crate::personal_tokens::{
    Columns, FoundPersonalToken, NewPersonalToken, PersonalTokenRow, PersonalTokens, WithDigest, columns, found, row,
};
use crate::values::{signed, span};
use glowband_session::{StoreFuture, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqliteExecutor};
use sqlx::{query, query_as};
use std::time::Duration;

const INSERT: &str = concat!(
    "INSERT INTO personal_tokens (id, digest, user_id, name, scope, created_at, expires_at) \
     SELECT ?1, ?2, id, ?4, ?5, ?6, ?6 + ?7 FROM users WHERE id = ?3 AND ?8 > (SELECT count(*) FROM personal_tokens \
     WHERE user_id = ?3 AND revoked_at IS NULL AND coalesce(expires_at > ?6, true)) RETURNING ",
    "id, user_id, name, scope, created_at, expires_at, last_used_at"
);
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    ", digest, ?2 FROM personal_tokens JOIN users ON users.id = user_id \
     WHERE personal_tokens.id = ?1 AND revoked_at IS NULL AND coalesce(expires_at > ?2, true) AND disabled_at IS NULL"
);
const RECORD_USE: &str =
    "UPDATE personal_tokens SET last_used_at = ?2 WHERE id = ?1 AND coalesce(last_used_at < ?2, true)";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM personal_tokens WHERE user_id = ?1 AND revoked_at IS NULL ORDER BY created_at DESC, id"
);
const REVOKE: &str = "UPDATE personal_tokens SET revoked_at = ?3 WHERE user_id = ?1 AND id = ?2 AND revoked_at IS NULL \
    RETURNING id, user_id, name, scope, created_at, expires_at, last_used_at";
const REVOKE_ALL: &str = "UPDATE personal_tokens SET revoked_at = ?2 WHERE user_id = ?1 AND revoked_at IS NULL";
const PRUNE: &str = "DELETE FROM personal_tokens WHERE revoked_at < ?1 OR expires_at < ?1";

/// Adds a token in the transaction of an act.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    now: i64,
    user_id: &str,
    new: NewPersonalToken<'_>,
) -> Result<Option<PersonalTokenRow>, DatabaseError> {
    let insert = query_as::<_, Columns>(INSERT)
        .bind(new.id)
        .bind(new.digest.to_vec())
        .bind(user_id)
        .bind(new.name)
        .bind(new.scope)
        .bind(now)
        .bind(new.lifetime.map(span))
        .bind(i64::from(new.most));
    Ok(insert.fetch_all(connection).await?.pop().map(row).transpose()?)
}

/// Reads the tokens of a user in the transaction of a look.
pub(super) async fn list(
    connection: &mut SqliteConnection,
    user_id: &str,
) -> Result<Vec<PersonalTokenRow>, DatabaseError> {
    let list = query_as::<_, Columns>(LIST).bind(user_id);
    Ok(list.fetch_all(connection).await?.into_iter().map(row).collect::<Result<_, _>>()?)
}

/// Revokes a token of a user, alone or in a transaction.
pub(super) async fn revoke(
    connection: impl SqliteExecutor<'_>,
    now: i64,
    user_id: &str,
    id: &str,
) -> Result<Option<PersonalTokenRow>, DatabaseError> {
    let revoke = query_as::<_, Columns>(REVOKE).bind(user_id).bind(id).bind(now);
    Ok(revoke.fetch_all(connection).await?.pop().map(row).transpose()?)
}

/// Revokes all tokens of a user, alone or in a transaction.
pub(super) async fn revoke_all(
    connection: impl SqliteExecutor<'_>,
    now: i64,
    user_id: &str,
) -> Result<u64, DatabaseError> {
    Ok(query(REVOKE_ALL).bind(user_id).bind(now).execute(connection).await?.rows_affected())
}

impl PersonalTokens for SqliteStorage {
    fn find<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<FoundPersonalToken>> {
        answer(async move {
            let find = query_as::<_, WithDigest>(FIND).bind(id).bind(self.now());
            Ok(find.fetch_optional(self.readers()).await?.map(found).transpose()?)
        })
    }

    fn record_use<'a>(&'a self, id: &'a str, at: Timestamp) -> StoreFuture<'a, ()> {
        answer(async move {
            query(RECORD_USE).bind(id).bind(signed(at.0)).execute(self.writer()).await?;
            Ok(())
        })
    }

    fn revoke<'a>(&'a self, user_id: &'a str, id: &'a str) -> StoreFuture<'a, bool> {
        answer(async move { Ok(revoke(self.writer(), self.now(), user_id, id).await?.is_some()) })
    }

    fn revoke_all<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, u64> {
        answer(async move { revoke_all(self.writer(), self.now(), user_id).await })
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        answer(async move {
            let prune = query(PRUNE).bind(self.now() - span(keep));
            Ok(prune.execute(self.writer()).await?.rows_affected())
        })
    }
}
