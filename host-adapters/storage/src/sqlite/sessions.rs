//! Sessions in a SQLite file.

use super::{SqliteChange, SqliteDatabase};
use crate::database_error::{DatabaseError, answer, store_error};
use crate::session_sql::{SESSION_COLUMNS, alive, session_columns};
use crate::values::{damaged, ended_at, moment, signed, sixteen, span, unsigned};
use glowband_session::{
    Advance, Doubt, Ending, FeedCursor, MAX_LISTED, NewSession, Reading, Revocation, Salt, Session, SessionId,
    SessionStore, State, SteadyClock, StoreClock, StoreError, StoreFuture,
};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const INSERT: &str = "INSERT INTO sessions (id, user_id, client, label, scope, salt, generation, key_id, state, \
    created_at, rotated_at, last_seen_at, idle_expires_at, absolute_expires_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 'open', ?8, ?8, ?8, ?9, ?10)";

const READ: &str = concat!("SELECT ", session_columns!(), " FROM sessions WHERE id = ?1");

/// The time when the write lock is held and the statement runs, which may be a while after it was sent: SQLite's wall
/// time, moved by what our clock differed from that when it was sent (`?6`). What our clock said then (`?7`) bounds it,
/// in case an operator sets the wall clock in between.
macro_rules! now {
    () => {
        "min(max(CAST(unixepoch('subsec') * 1000 AS INTEGER) + ?6, ?7), ?7 + 10000)"
    };
}

const ADVANCE: &str = concat!(
    "UPDATE sessions SET generation = ?3, key_id = ?4, in_doubt = 0, rotated_at = ",
    now!(),
    ", last_seen_at = ",
    now!(),
    ", idle_expires_at = min(",
    now!(),
    " + ?5, absolute_expires_at) WHERE id = ?1 AND generation = ?2 AND ",
    alive!(now!()),
    " RETURNING ",
    session_columns!(),
    ", ",
    now!()
);

const DOUBT: &str =
    "UPDATE sessions SET in_doubt = 1 WHERE id = ?1 AND generation = ?2 AND rotated_at <= ?3 AND state = 'open'";

const HAND_OVER_AGAIN: &str = concat!(
    "UPDATE sessions SET in_doubt = 0, rotated_at = ?3 WHERE id = ?1 AND generation = ?2 AND in_doubt AND ",
    alive!("?3"),
    " RETURNING ",
    session_columns!()
);

const NEXT_NUMBER: &str = "UPDATE session_feed SET last = max(last + 1, ?1) RETURNING last";

const END: &str = concat!(
    "UPDATE sessions SET state = ?2, ended_number = ?3 WHERE id = ?1 AND state = 'open' RETURNING ",
    session_columns!()
);

/// [`END`] with one condition more.
const REVOKE_FOR_REUSE: &str = concat!(
    "UPDATE sessions SET state = 'burnt', ended_number = ?3 WHERE id = ?1 AND state = 'open' \
     AND NOT (in_doubt AND generation = ?2) RETURNING ",
    session_columns!()
);

const END_ALL: &str = "UPDATE sessions SET state = 'closed', ended_number = ?3 \
    WHERE user_id = ?1 AND state = 'open' AND id IS NOT ?2 RETURNING id";

const LIST: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM sessions WHERE user_id = ?1 AND ",
    alive!("?2"),
    " ORDER BY last_seen_at DESC, id DESC LIMIT ?3"
);

const LIST_ALL: &str = concat!("SELECT ", session_columns!(), " FROM sessions WHERE id > ?1 ORDER BY id LIMIT ?2");

const REVOKED_SINCE: &str = "SELECT id, state, ended_number FROM sessions \
    WHERE ended_number >= ?1 AND (ended_number, id) > (?1, ?2) ORDER BY ended_number, id LIMIT ?3";

const PRUNE_ENDED: &str = "DELETE FROM sessions WHERE id IN \
    (SELECT id FROM sessions WHERE ended_number < ?1 ORDER BY ended_number LIMIT ?2)";

const PRUNE_EXPIRED: &str = "DELETE FROM sessions WHERE id IN \
    (SELECT id FROM sessions WHERE absolute_expires_at < ?1 ORDER BY absolute_expires_at LIMIT ?2)";

/// All that must be quick however many rows there are.
#[cfg(test)]
pub(super) const STATEMENTS: &[&str] = &[
    READ,
    ADVANCE,
    DOUBT,
    HAND_OVER_AGAIN,
    NEXT_NUMBER,
    END,
    REVOKE_FOR_REUSE,
    END_ALL,
    LIST,
    LIST_ALL,
    REVOKED_SINCE,
    PRUNE_ENDED,
    PRUNE_EXPIRED,
];

/// How many rows are removed at once; refreshes come in between.
const PRUNE_BATCH: i64 = 500;

/// Sessions in a [`SqliteDatabase`]. A clone is a second handle.
///
/// Nothing that was answered is lost with the process. With the power, or the operating system, the last rotations may be
/// (`synchronous = NORMAL`: no refresh waits for the disk); the rows are then those of a moment before, and clients with
/// later tokens go on, as after a restored backup. Logins, logouts and revoked sessions are on the disk before they are
/// answered (`synchronous = FULL`), and with them every rotation before.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    database: SqliteDatabase,
    clock: Arc<dyn StoreClock>,
}

impl SqliteStore {
    /// The sessions of this file, by a [`SteadyClock`].
    pub fn new(database: SqliteDatabase) -> Self {
        Self::with_clock(database, Arc::new(SteadyClock::new()))
    }

    /// The same with another clock, for tests: all who use the file must agree on the time.
    pub fn with_clock(database: SqliteDatabase, clock: Arc<dyn StoreClock>) -> Self {
        Self { database, clock }
    }

    /// The time now in milliseconds. For a change it is taken when the write lock is held, so that no wait
    /// comes between reading the time and checking a condition with it.
    fn now(&self) -> i64 {
        signed(self.clock.now().0)
    }

    /// Does what [`SessionStore::end`] does within a change of several statements.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_in(
        &self,
        change: &mut SqliteChange,
        id: SessionId,
        how: Ending,
    ) -> Result<Option<Session>, StoreError> {
        let number = next_number(change, self.now()).await?;
        let query = sqlx::query(END).bind(id.as_bytes().to_vec()).bind(State::from(how).name()).bind(number);
        let rows = query.fetch_all(&mut **change).await.map_err(store_error)?;
        Ok(rows.first().map(session).transpose()?)
    }

    /// Does what [`SessionStore::end_all`] does within a change of several statements.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_all_in(
        &self,
        change: &mut SqliteChange,
        user_id: &str,
        except: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let number = next_number(change, self.now()).await?;
        let except = except.map(|except| except.as_bytes().to_vec());
        let end = sqlx::query(END_ALL).bind(user_id).bind(except).bind(number);
        let rows = end.fetch_all(&mut **change).await.map_err(store_error)?;
        Ok(rows.iter().map(|row| id(row, 0)).collect::<Result<_, _>>()?)
    }

    /// Does what [`SessionStore::list`] does within a transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list_in(&self, look: &mut SqliteConnection, user_id: &str) -> Result<Vec<Session>, StoreError> {
        let query = sqlx::query(LIST).bind(user_id).bind(self.now()).bind(i64::from(MAX_LISTED));
        Ok(all(&query.fetch_all(look).await.map_err(store_error)?)?)
    }

    async fn prune_by(&self, statement: &'static str, limit: i64) -> Result<u64, DatabaseError> {
        let mut removed = 0;
        loop {
            let result = sqlx::query(statement).bind(limit).bind(PRUNE_BATCH).execute(self.database.writer()).await?;
            removed += result.rows_affected();
            if result.rows_affected() < PRUNE_BATCH.unsigned_abs() {
                return Ok(removed);
            }
        }
    }
}

fn all(rows: &[SqliteRow]) -> Result<Vec<Session>, DatabaseError> {
    rows.iter().map(session).collect()
}

impl SessionStore for SqliteStore {
    fn insert(&self, new: NewSession) -> StoreFuture<'_, Session> {
        answer(async move {
            let mut change = self.database.change().await?;
            let session = new.into_session(self.clock.now());
            let insert = sqlx::query(INSERT)
                .bind(session.id.as_bytes().as_slice())
                .bind(session.user_id.as_str())
                .bind(session.client.as_str())
                .bind(session.label.as_deref())
                .bind(session.scope.as_deref())
                .bind(session.salt.as_bytes().as_slice())
                .bind(i64::from(session.key_id))
                .bind(signed(session.created_at.0))
                .bind(signed(session.idle_expires_at.0))
                .bind(signed(session.absolute_expires_at.0));
            insert.execute(&mut *change).await?;
            change.commit().await?;
            Ok(session)
        })
    }

    fn read(&self, id: SessionId) -> StoreFuture<'_, Option<Reading>> {
        answer(async move {
            let query = sqlx::query(READ).bind(id.as_bytes().as_slice());
            let Some(row) = query.fetch_optional(self.database.readers()).await? else { return Ok(None) };
            let session = session(&row)?;
            // After the row, so that it is not before any time in it.
            Ok(Some(Reading { session, now: self.clock.now() }))
        })
    }

    fn advance(&self, step: Advance) -> StoreFuture<'_, Option<Reading>> {
        answer(async move {
            let query = || {
                let now = self.now();
                let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                sqlx::query(ADVANCE)
                    .bind(step.id.as_bytes().to_vec())
                    .bind(signed(step.from))
                    .bind(signed(step.to))
                    .bind(i64::from(step.key_id))
                    .bind(span(step.idle))
                    .bind(now.saturating_sub(span(wall)))
                    .bind(now)
            };
            let rows = self.database.rotator().rows(query).await?;
            let reading =
                |row| Ok(Reading { session: session(row)?, now: moment(row.try_get(SESSION_COLUMNS)?, "time")? });
            rows.first().map(reading).transpose()
        })
    }

    fn doubt(&self, doubt: Doubt) -> StoreFuture<'_, bool> {
        answer(async move {
            let mark = sqlx::query(DOUBT)
                .bind(doubt.id.as_bytes().as_slice())
                .bind(signed(doubt.generation))
                .bind(signed(doubt.until.0));
            Ok(mark.execute(self.database.writer()).await?.rows_affected() > 0)
        })
    }

    fn redeliver(&self, id: SessionId, generation: u64) -> StoreFuture<'_, Option<Reading>> {
        answer(async move {
            let mut change = self.database.change().await?;
            let now = self.clock.now();
            let again = sqlx::query(HAND_OVER_AGAIN)
                .bind(id.as_bytes().as_slice())
                .bind(signed(generation))
                .bind(signed(now.0));
            let row = again.fetch_all(&mut *change).await?.pop();
            match row {
                Some(_) => change.commit().await?,
                None => change.rollback().await?,
            }
            row.as_ref().map(|row| Ok(Reading { session: session(row)?, now })).transpose()
        })
    }

    fn revoke_for_reuse(&self, id: SessionId, presented: u64) -> StoreFuture<'_, Option<Session>> {
        answer(async move {
            let mut change = self.database.change().await?;
            let number = next_number(&mut change, self.now()).await?;
            let revoke = sqlx::query(REVOKE_FOR_REUSE)
                .bind(id.as_bytes().as_slice())
                .bind(signed(presented.saturating_add(1)))
                .bind(number);
            let row = revoke.fetch_all(&mut *change).await?.pop();
            match row {
                Some(_) => change.commit().await?,
                None => change.rollback().await?,
            }
            row.as_ref().map(session).transpose()
        })
    }

    fn end(&self, id: SessionId, how: Ending) -> StoreFuture<'_, Option<Session>> {
        answer(async move {
            let mut change = self.database.change().await?;
            let ended = self.end_in(&mut change, id, how).await?;
            match ended {
                Some(_) => change.commit().await?,
                None => change.rollback().await?,
            }
            Ok(ended)
        })
    }

    fn end_all<'a>(&'a self, user_id: &'a str, except: Option<SessionId>) -> StoreFuture<'a, Vec<SessionId>> {
        answer(async move {
            let mut change = self.database.change().await?;
            let ended = self.end_all_in(&mut change, user_id, except).await?;
            change.commit().await?;
            Ok(ended)
        })
    }

    fn list<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Vec<Session>> {
        answer(async move {
            let query = sqlx::query(LIST).bind(user_id).bind(self.now()).bind(i64::from(MAX_LISTED));
            all(&query.fetch_all(self.database.readers()).await?)
        })
    }

    fn list_all(&self, after: Option<SessionId>, limit: u32) -> StoreFuture<'_, Vec<Session>> {
        answer(async move {
            let after = after.map(|after| after.as_bytes().to_vec()).unwrap_or_default();
            let query = sqlx::query(LIST_ALL).bind(after).bind(i64::from(limit));
            all(&query.fetch_all(self.database.readers()).await?)
        })
    }

    fn revoked_since(&self, after: FeedCursor, limit: u32) -> StoreFuture<'_, Vec<Revocation>> {
        answer(async move {
            let query = sqlx::query(REVOKED_SINCE)
                .bind(signed(after.number()))
                .bind(after.id().as_bytes().to_vec())
                .bind(i64::from(limit));
            query.fetch_all(self.database.readers()).await?.iter().map(revocation).collect()
        })
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        answer(async move {
            let kept = self.clock.now().before(keep);
            let ended = self.prune_by(PRUNE_ENDED, signed(FeedCursor::first_number(kept))).await?;
            Ok(ended + self.prune_by(PRUNE_EXPIRED, signed(kept.0)).await?)
        })
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        answer(async move {
            sqlx::query("SELECT 1 FROM session_feed").fetch_one(self.database.readers()).await?;
            Ok(())
        })
    }
}

async fn next_number(change: &mut SqliteChange, now: i64) -> Result<i64, DatabaseError> {
    let by_clock = signed(FeedCursor::first_number(glowband_session::Timestamp(now.unsigned_abs())));
    Ok(sqlx::query_scalar(NEXT_NUMBER).bind(by_clock).fetch_one(&mut **change).await?)
}

fn session(row: &SqliteRow) -> Result<Session, DatabaseError> {
    Ok(Session {
        id: id(row, 0)?,
        user_id: row.try_get(1)?,
        client: row.try_get(2)?,
        label: row.try_get(3)?,
        scope: row.try_get(4)?,
        salt: Salt::from_bytes(sixteen(row.try_get(5)?, "salt")?),
        generation: unsigned(row.try_get(6)?, "generation")?,
        key_id: u8::try_from(row.try_get::<i64, _>(7)?).map_err(|_| damaged("key id"))?,
        state: state(row, 8)?,
        created_at: moment(row.try_get(9)?, "creation")?,
        rotated_at: moment(row.try_get(10)?, "rotation")?,
        last_seen_at: moment(row.try_get(11)?, "last use")?,
        idle_expires_at: moment(row.try_get(12)?, "idle expiry")?,
        absolute_expires_at: moment(row.try_get(13)?, "absolute expiry")?,
        ended_at: ended_at(row.try_get(14)?)?,
        in_doubt: row.try_get::<i64, _>(15)? != 0,
    })
}

/// A row of `id, state, ended_number`.
fn revocation(row: &SqliteRow) -> Result<Revocation, DatabaseError> {
    let session_id = id(row, 0)?;
    let ending = match state(row, 1)? {
        State::Closed => Ending::Closed,
        State::RevokedForReuse => Ending::RevokedForReuse,
        State::Open => return Err(damaged("session state").into()),
    };
    let cursor = FeedCursor::new(unsigned(row.try_get(2)?, "position in the feed")?, session_id);
    Ok(Revocation { session_id, ending, cursor })
}

fn id(row: &SqliteRow, at: usize) -> Result<SessionId, DatabaseError> {
    Ok(SessionId::from_bytes(sixteen(row.try_get(at)?, "session id")?))
}

fn state(row: &SqliteRow, at: usize) -> Result<State, DatabaseError> {
    Ok(State::from_name(row.try_get(at)?).ok_or_else(|| damaged("session state"))?)
}
