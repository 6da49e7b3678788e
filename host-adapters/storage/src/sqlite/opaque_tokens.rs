//! The table `opaque_tokens` in a SQLite file.

use super::SqliteStorage;
use crate::database_error::answer;
use crate::opaque_tokens::{Columns, NewOpaqueToken, OpaqueTokenRow, OpaqueTokens, columns, row};
use crate::session_sql::alive;
use crate::values::span;
use glowband_session::StoreFuture;
use sqlx::{query, query_as};

const INSERT: &str = "INSERT INTO opaque_tokens (digest, session_id, user_id, client, scope, issued_at, expires_at) \
    SELECT ?1, ?2, id, ?4, ?5, ?6, ?6 + ?7 FROM users WHERE id = ?3 AND disabled_at IS NULL";
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM opaque_tokens AS token JOIN sessions ON sessions.id = session_id JOIN users ON users.id = token.user_id \
     WHERE digest = ?1 AND expires_at > ?2 AND disabled_at IS NULL AND ",
    alive!("?2")
);
const DELETE: &str = "DELETE FROM opaque_tokens WHERE digest = ?1";
const PRUNE: &str = "DELETE FROM opaque_tokens WHERE digest IN \
    (SELECT digest FROM opaque_tokens WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";

impl OpaqueTokens for SqliteStorage {
    fn insert<'a>(&'a self, new: NewOpaqueToken<'a>) -> StoreFuture<'a, bool> {
        answer(async move {
            let insert = query(INSERT)
                .bind(new.digest.to_vec())
                .bind(new.session_id.as_bytes().to_vec())
                .bind(new.user_id)
                .bind(new.client)
                .bind(new.scope)
                .bind(self.now())
                .bind(span(new.lifetime));
            Ok(insert.execute(self.writer()).await?.rows_affected() > 0)
        })
    }

    fn find(&self, digest: [u8; 32]) -> StoreFuture<'_, Option<OpaqueTokenRow>> {
        answer(async move {
            let find = query_as::<_, Columns>(FIND).bind(digest.to_vec()).bind(self.now());
            Ok(find.fetch_optional(self.readers()).await?.map(row).transpose()?)
        })
    }

    fn delete(&self, digest: [u8; 32]) -> StoreFuture<'_, bool> {
        answer(async move { Ok(query(DELETE).bind(digest.to_vec()).execute(self.writer()).await?.rows_affected() > 0) })
    }

    fn prune(&self) -> StoreFuture<'_, u64> {
        answer(async move { self.prune_before(PRUNE, self.now()).await })
    }
}
