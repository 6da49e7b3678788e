//! The table `known_addresses` in a PostgreSQL database.

use super::PostgresStorage;
use super::storage::now;
use crate::database_error::answer;
use crate::known_addresses::KnownAddresses;
use crate::values::span;
use glowband_session::StoreFuture;
use sqlx::{query, query_scalar};
use std::time::Duration;

/// The foreign key takes the same lock. Taken first, it waits for a deletion of the user in another transaction, and then
/// finds no user, where the foreign key would fail.
const RECORD: &str = concat!(
    "WITH owner AS MATERIALIZED (SELECT id FROM users WHERE id = $1 FOR KEY SHARE) \
     INSERT INTO known_addresses AS known (user_id, network, seen_at) SELECT owner.id, $2, ",
    now!(),
    " FROM owner ON CONFLICT (user_id, network) DO UPDATE SET seen_at = excluded.seen_at \
     WHERE known.seen_at < excluded.seen_at - $3"
);
const DELETE_SURPLUS: &str = "DELETE FROM known_addresses WHERE user_id = $1 AND network NOT IN \
    (SELECT network FROM known_addresses WHERE user_id = $1 ORDER BY seen_at DESC, network LIMIT $2)";
const CONTAINS: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM users JOIN known_addresses ON user_id = id \
     WHERE email_key = $1 AND network = $2 AND seen_at > ",
    now!(),
    " - $3)"
);
const PRUNE: &str = concat!(
    "DELETE FROM known_addresses WHERE ctid = ANY (ARRAY(SELECT ctid FROM known_addresses WHERE seen_at <= ",
    now!(),
    " - $1 ORDER BY seen_at LIMIT $2 FOR UPDATE SKIP LOCKED))"
);

impl KnownAddresses for PostgresStorage {
    fn record<'a>(
        &'a self,
        user_id: &'a str,
        network: &'a str,
        refreshed_after: Duration,
        most: u32,
    ) -> StoreFuture<'a, ()> {
        answer(async move {
            let record = query(RECORD).bind(user_id).bind(network).bind(span(refreshed_after));
            if self.database.within_limit(record.execute(self.database.pool())).await?.rows_affected() > 0 {
                let surplus = query(DELETE_SURPLUS).bind(user_id).bind(i64::from(most));
                self.database.within_limit(surplus.execute(self.database.pool())).await?;
            }
            Ok(())
        })
    }

    fn contains<'a>(&'a self, email_key: &'a str, network: &'a str, within: Duration) -> StoreFuture<'a, bool> {
        answer(async move {
            let contains = query_scalar(CONTAINS).bind(email_key).bind(network).bind(span(within));
            Ok(self.database.within_limit(contains.fetch_one(self.database.pool())).await?)
        })
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        answer(self.prune_older(PRUNE, span(keep)))
    }
}
