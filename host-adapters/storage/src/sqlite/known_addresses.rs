//! The table `known_addresses` in a SQLite file.

use super::SqliteStorage;
use crate::database_error::answer;
use crate::known_addresses::KnownAddresses;
use crate::values::span;
use glowband_session::StoreFuture;
use sqlx::{query, query_scalar};
use std::time::Duration;

const RECORD: &str = "INSERT INTO known_addresses (user_id, network, seen_at) \
    SELECT id, ?2, ?3 FROM users WHERE id = ?1 \
    ON CONFLICT (user_id, network) DO UPDATE SET seen_at = excluded.seen_at WHERE seen_at < excluded.seen_at - ?4";
const DELETE_SURPLUS: &str = "DELETE FROM known_addresses WHERE user_id = ?1 AND network NOT IN \
    (SELECT network FROM known_addresses WHERE user_id = ?1 ORDER BY seen_at DESC, network LIMIT ?2)";
const CONTAINS: &str = "SELECT EXISTS (SELECT 1 FROM users JOIN known_addresses ON user_id = id \
    WHERE email_key = ?1 AND network = ?2 AND seen_at > ?3)";
const PRUNE: &str = "DELETE FROM known_addresses WHERE rowid IN \
    (SELECT rowid FROM known_addresses WHERE seen_at <= ?1 ORDER BY seen_at LIMIT ?2)";

impl KnownAddresses for SqliteStorage {
    fn record<'a>(
        &'a self,
        user_id: &'a str,
        network: &'a str,
        refreshed_after: Duration,
        most: u32,
    ) -> StoreFuture<'a, ()> {
        answer(async move {
            let record = query(RECORD).bind(user_id).bind(network).bind(self.now()).bind(span(refreshed_after));
            if record.execute(self.writer()).await?.rows_affected() > 0 {
                query(DELETE_SURPLUS).bind(user_id).bind(i64::from(most)).execute(self.writer()).await?;
            }
            Ok(())
        })
    }

    fn contains<'a>(&'a self, email_key: &'a str, network: &'a str, within: Duration) -> StoreFuture<'a, bool> {
        answer(async move {
            let contains = query_scalar(CONTAINS).bind(email_key).bind(network).bind(self.now() - span(within));
            Ok(contains.fetch_one(self.readers()).await?)
        })
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        answer(async move { self.prune_before(PRUNE, self.now() - span(keep)).await })
    }
}
