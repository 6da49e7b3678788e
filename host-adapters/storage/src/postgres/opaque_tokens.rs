//! The table `opaque_tokens` in a PostgreSQL database.

use super::PostgresStorage;
use super::storage::now;
use crate::database_error::answer;
use crate::opaque_tokens::{Columns, NewOpaqueToken, OpaqueTokenRow, OpaqueTokens, columns, row};
use crate::session_sql::alive;
use crate::values::span;
use glowband_session::StoreFuture;
use sqlx::{query, query_as};

/// The foreign key takes the same lock. Taken first, it waits for a deletion of the user that is in progress, and then finds
/// no user, where the foreign key would fail.
const INSERT: &str = concat!(
    "WITH owner AS MATERIALIZED (SELECT id FROM users WHERE id = $3 AND disabled_at IS NULL FOR KEY SHARE), \
     clock AS MATERIALIZED (SELECT ",
    now!(),
    " AS now) INSERT INTO opaque_tokens (digest, session_id, user_id, client, scope, issued_at, expires_at) \
     SELECT $1, $2, owner.id, $4, $5, now, now + $6 FROM owner, clock"
);
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM opaque_tokens AS token JOIN sessions ON sessions.id = session_id JOIN users ON users.id = token.user_id, \
     LATERAL (SELECT ",
    now!(),
    " AS now) AS clock WHERE digest = $1 AND expires_at > now AND disabled_at IS NULL AND ",
    alive!("now")
);
const DELETE: &str = "DELETE FROM opaque_tokens WHERE digest = $1";
const PRUNE: &str = concat!(
    "DELETE FROM opaque_tokens WHERE digest = ANY (ARRAY(SELECT digest FROM opaque_tokens WHERE expires_at <= ",
    now!(),
    " - $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))"
);

impl OpaqueTokens for PostgresStorage {
    fn insert<'a>(&'a self, new: NewOpaqueToken<'a>) -> StoreFuture<'a, bool> {
        answer(async move {
            let insert = query(INSERT)
                .bind(new.digest.to_vec())
                .bind(new.session_id.as_bytes().to_vec())
                .bind(new.user_id)
                .bind(new.client)
                .bind(new.scope)
                .bind(span(new.lifetime));
            Ok(self.database.within_limit(insert.execute(self.database.pool())).await?.rows_affected() > 0)
        })
    }

    fn find(&self, digest: [u8; 32]) -> StoreFuture<'_, Option<OpaqueTokenRow>> {
        answer(async move {
            let find = query_as::<_, Columns>(FIND).bind(digest.to_vec());
            let found = self.database.within_limit(find.fetch_optional(self.database.pool())).await?;
            Ok(found.map(row).transpose()?)
        })
    }

    fn delete(&self, digest: [u8; 32]) -> StoreFuture<'_, bool> {
        answer(async move {
            let delete = query(DELETE).bind(digest.to_vec());
            Ok(self.database.within_limit(delete.execute(self.database.pool())).await?.rows_affected() > 0)
        })
    }

    fn prune(&self) -> StoreFuture<'_, u64> {
        answer(self.prune_older(PRUNE, 0))
    }
}
