//! The table `personal_tokens` in a PostgreSQL database.

use super::PostgresStorage;
use super::storage::now;
use crate::database_error::answer;
use crate::personal_tokens::{
    Columns, FoundPersonalToken, NewPersonalToken, PersonalTokens, WithDigest, columns, found,
};
use crate::values::{signed, span};
use glowband_session::{StoreFuture, Timestamp};
use sqlx::postgres::{PgConnection, PgExecutor};
use sqlx::{query, query_as};
use std::time::Duration;

const INSERT: &str = concat!(
    "WITH clock AS MATERIALIZED (SELECT ",
    now!(),
    " AS now) INSERT INTO personal_tokens (id, digest, user_id, name, scope, created_at, expires_at) \
     SELECT $1, $2, id, $4, $5, now, now + $6 FROM users, clock WHERE id = $3 AND $7 > (SELECT count(*) \
     FROM personal_tokens WHERE user_id = $3 AND revoked_at IS NULL AND coalesce(expires_at > now, true)) RETURNING ",
    columns!()
);
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    ", digest, ",
    now!(),
    " FROM personal_tokens JOIN users ON users.id = user_id WHERE personal_tokens.id = $1 AND revoked_at IS NULL AND \
     coalesce(expires_at > ",
    now!(),
    ", true) AND disabled_at IS NULL"
);
const RECORD_USE: &str =
    "UPDATE personal_tokens SET last_used_at = $2 WHERE id = $1 AND coalesce(last_used_at < $2, true)";
const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM personal_tokens WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id"
);
const REVOKE: &str = concat!(
    "UPDATE personal_tokens SET revoked_at = ",
    now!(),
    " WHERE user_id = $1 AND id = $2 AND revoked_at IS NULL RETURNING ",
    columns!()
);
const REVOKE_ALL: &str =
    concat!("UPDATE personal_tokens SET revoked_at = ", now!(), " WHERE user_id = $1 AND revoked_at IS NULL");
/// Rows that another transaction has locked are left for the next call, so that no deadlock is possible.
const PRUNE: &str = concat!(
    "WITH clock AS MATERIALIZED (SELECT ",
    now!(),
    " - $1 AS kept) DELETE FROM personal_tokens WHERE id = ANY (ARRAY(SELECT id FROM personal_tokens, clock \
     WHERE revoked_at < kept OR expires_at < kept FOR UPDATE OF personal_tokens SKIP LOCKED))"
);

/// Adds a token in the transaction of an act.
pub(super) async fn insert(
    connection: &mut PgConnection,
    user_id: &str,
    new: NewPersonalToken<'_>,
) -> sqlx::Result<Option<Columns>> {
    let insert = query_as::<_, Columns>(INSERT)
        .bind(new.id)
        .bind(new.digest.to_vec())
        .bind(user_id)
        .bind(new.name)
        .bind(new.scope)
        .bind(new.lifetime.map(span))
        .bind(i64::from(new.most));
    insert.fetch_optional(connection).await
}

/// Reads the tokens of a user in the transaction of a look.
pub(super) async fn list(connection: &mut PgConnection, user_id: &str) -> sqlx::Result<Vec<Columns>> {
    query_as(LIST).bind(user_id).fetch_all(connection).await
}

/// Revokes a token of a user, alone or in a transaction.
pub(super) async fn revoke(connection: impl PgExecutor<'_>, user_id: &str, id: &str) -> sqlx::Result<Option<Columns>> {
    query_as(REVOKE).bind(user_id).bind(id).fetch_optional(connection).await
}

/// Revokes all tokens of a user, alone or in a transaction.
pub(super) async fn revoke_all(connection: impl PgExecutor<'_>, user_id: &str) -> sqlx::Result<u64> {
    Ok(query(REVOKE_ALL).bind(user_id).execute(connection).await?.rows_affected())
}

impl PersonalTokens for PostgresStorage {
    fn find<'a>(&'a self, id: &'a str) -> StoreFuture<'a, Option<FoundPersonalToken>> {
        answer(async move {
            let find = query_as::<_, WithDigest>(FIND).bind(id);
            let row = self.database.within_limit(find.fetch_optional(self.database.pool())).await?;
            Ok(row.map(found).transpose()?)
        })
    }

    fn record_use<'a>(&'a self, id: &'a str, at: Timestamp) -> StoreFuture<'a, ()> {
        answer(async move {
            let record = query(RECORD_USE).bind(id).bind(signed(at.0));
            self.database.within_limit(record.execute(self.database.pool())).await?;
            Ok(())
        })
    }

    fn revoke<'a>(&'a self, user_id: &'a str, id: &'a str) -> StoreFuture<'a, bool> {
        answer(
            async move { Ok(self.database.within_limit(revoke(self.database.pool(), user_id, id)).await?.is_some()) },
        )
    }

    fn revoke_all<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, u64> {
        answer(async move { Ok(self.database.within_limit(revoke_all(self.database.pool(), user_id)).await?) })
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        answer(async move {
            let prune = query(PRUNE).bind(span(keep));
            Ok(self.database.within_limit(prune.execute(self.database.pool())).await?.rows_affected())
        })
    }
}
