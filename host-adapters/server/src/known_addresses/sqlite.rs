//! Known networks in a SQLite file.

use super::{KNOWN_FOR, MOST, WRITTEN_AGAIN};
use crate::accounts::{Email, UserId};
use crate::database::{SqliteFile, milliseconds};
use glowband_session::StoreError;
use sqlx::{query, query_scalar};

const KEEP: &str = "INSERT INTO known_addresses (user_id, network, seen_at) \
    SELECT id, ?2, ?3 FROM users WHERE id = ?1 \
    ON CONFLICT (user_id, network) DO UPDATE SET seen_at = excluded.seen_at WHERE seen_at < excluded.seen_at - ?4";
const LEAVE_OUT: &str = "DELETE FROM known_addresses WHERE user_id = ?1 AND network NOT IN \
    (SELECT network FROM known_addresses WHERE user_id = ?1 ORDER BY seen_at DESC, network LIMIT ?2)";
const CONTAINS: &str = "SELECT EXISTS (SELECT 1 FROM users JOIN known_addresses ON user_id = id \
    WHERE email_key = ?1 AND network = ?2 AND seen_at > ?3)";
const PRUNE: &str = "DELETE FROM known_addresses WHERE rowid IN \
    (SELECT rowid FROM known_addresses WHERE seen_at <= ?1 ORDER BY seen_at LIMIT ?2)";

/// How many rows are removed at once; others write in between.
const PRUNE_BATCH: i64 = 500;

pub(super) async fn keep(file: &SqliteFile, user: &UserId, network: &str) -> Result<(), StoreError> {
    let keep = query(KEEP).bind(user.as_str()).bind(network).bind(file.now()).bind(milliseconds(WRITTEN_AGAIN));
    if keep.execute(file.file.writer()).await?.rows_affected() > 0 {
        query(LEAVE_OUT).bind(user.as_str()).bind(MOST).execute(file.file.writer()).await?;
    }
    Ok(())
}

pub(super) async fn contains(file: &SqliteFile, account: &Email, network: &str) -> Result<bool, StoreError> {
    let contains = query_scalar(CONTAINS).bind(account.key()).bind(network).bind(since(file));
    Ok(contains.fetch_one(file.file.readers()).await?)
}

pub(super) async fn prune(file: &SqliteFile) -> Result<u64, StoreError> {
    let mut removed = 0;
    loop {
        let prune = query(PRUNE).bind(since(file)).bind(PRUNE_BATCH);
        let now = prune.execute(file.file.writer()).await?.rows_affected();
        removed += now;
        if now < PRUNE_BATCH.unsigned_abs() {
            return Ok(removed);
        }
    }
}

fn since(file: &SqliteFile) -> i64 {
    file.now() - milliseconds(KNOWN_FOR)
}
