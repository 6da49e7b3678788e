//! Known networks in a PostgreSQL database, by its own clock.

use super::{KNOWN_FOR, MOST, WRITTEN_AGAIN};
use crate::accounts::{Email, UserId};
use crate::database::{milliseconds, postgres_now};
use glowband_session::{PostgresDatabase, StoreError};
use sqlx::{query, query_scalar};

/// The lock is the one that the foreign key takes anyway. Taken first, it waits for a deletion of the user that is under way,
/// and then finds no user, where the foreign key would fail.
const KEEP: &str = concat!(
    "WITH owner AS MATERIALIZED (SELECT id FROM users WHERE id = $1 FOR KEY SHARE) \
     INSERT INTO known_addresses AS known (user_id, network, seen_at) SELECT owner.id, $2, ",
    postgres_now!(),
    " FROM owner ON CONFLICT (user_id, network) DO UPDATE SET seen_at = excluded.seen_at \
     WHERE known.seen_at < excluded.seen_at - $3"
);
const LEAVE_OUT: &str = "DELETE FROM known_addresses WHERE user_id = $1 AND network NOT IN \
    (SELECT network FROM known_addresses WHERE user_id = $1 ORDER BY seen_at DESC, network LIMIT $2)";
const CONTAINS: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM users JOIN known_addresses ON user_id = id \
     WHERE email_key = $1 AND network = $2 AND seen_at > ",
    postgres_now!(),
    " - $3)"
);
const PRUNE: &str = concat!(
    "DELETE FROM known_addresses WHERE ctid = ANY (ARRAY(SELECT ctid FROM known_addresses WHERE seen_at <= ",
    postgres_now!(),
    " - $1 ORDER BY seen_at LIMIT $2 FOR UPDATE SKIP LOCKED))"
);

/// How many rows are removed at once.
const PRUNE_BATCH: i64 = 1000;

pub(super) async fn keep(database: &PostgresDatabase, user: &UserId, network: &str) -> Result<(), StoreError> {
    let keep = query(KEEP).bind(user.as_str()).bind(network).bind(milliseconds(WRITTEN_AGAIN));
    if database.within_limit(keep.execute(database.pool())).await?.rows_affected() > 0 {
        let leave_out = query(LEAVE_OUT).bind(user.as_str()).bind(MOST);
        database.within_limit(leave_out.execute(database.pool())).await?;
    }
    Ok(())
}

pub(super) async fn contains(database: &PostgresDatabase, account: &Email, network: &str) -> Result<bool, StoreError> {
    let contains = query_scalar(CONTAINS).bind(account.key()).bind(network).bind(milliseconds(KNOWN_FOR));
    database.within_limit(contains.fetch_one(database.pool())).await
}

pub(super) async fn prune(database: &PostgresDatabase) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let prune = query(PRUNE).bind(milliseconds(KNOWN_FOR)).bind(PRUNE_BATCH);
        let now = database.within_limit(prune.execute(database.pool())).await?.rows_affected();
        removed += now;
        if now < PRUNE_BATCH.unsigned_abs() {
            return Ok(removed);
        }
    }
}
