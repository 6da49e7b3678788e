//! Sessions in a PostgreSQL database. Each method is one statement, by the clock of the database.
//!
//! Locks are taken in one order, rows of sessions by id and then the feed, so no deadlock is possible.

use super::change::PostgresChange;
use super::database::PostgresDatabase;
use super::storage::now;
use crate::database_error::{DatabaseError, answer};
use crate::session_sql::{SESSION_COLUMNS, alive, session_columns};
use crate::values::{damaged, ended_at, moment, signed, sixteen, span, unsigned};
use glowband_session::{
    Advance, Doubt, Ending, FeedCursor, MAX_LISTED, NewSession, Reading, Revocation, Salt, Session, SessionId,
    SessionStore, State, StoreError, StoreFuture,
};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::time::Duration;

const INSERT: &str = concat!(
    "WITH clock AS MATERIALIZED (SELECT ",
    now!(),
    " AS now) INSERT INTO sessions (id, user_id, client, label, scope, salt, generation, key_id, state, created_at, \
     rotated_at, last_seen_at, idle_expires_at, absolute_expires_at) \
     SELECT $1, $2, $3, $4, $5, $6, 0, $7, 'open', now, now, now, now + least($8, $9), now + $9 FROM clock RETURNING ",
    session_columns!()
);

const READ: &str = concat!("SELECT ", session_columns!(), ", ", now!(), " FROM sessions WHERE id = $1");

/// Locks the row before it checks a condition. An UPDATE that waits for the lock itself reads the clock before it waits, and
/// reads it again only if the row has changed. A replay within the grace period would then count as too late.
const ADVANCE: &str = concat!(
    "UPDATE sessions SET generation = $3, key_id = $4, in_doubt = FALSE, rotated_at = ",
    now!(),
    ", last_seen_at = ",
    now!(),
    ", idle_expires_at = least(",
    now!(),
    " + $5, absolute_expires_at) \
     WHERE id = (SELECT id FROM sessions WHERE id = $1 AND generation = $2 AND state = 'open' FOR NO KEY UPDATE) \
     AND generation = $2 AND ",
    alive!(now!()),
    " RETURNING ",
    session_columns!(),
    ", ",
    now!()
);

/// A rotation whose commit is still under way has not changed the row that this statement finds. If it finds an
/// earlier generation, it therefore waits for the lock and checks every condition again when it holds the lock.
const DOUBT: &str = "UPDATE sessions SET in_doubt = in_doubt OR (generation = $2 AND rotated_at <= $3) \
    WHERE id = $1 AND generation <= $2 AND state = 'open' RETURNING in_doubt AND generation = $2 AND rotated_at <= $3";

const HAND_OVER_AGAIN: &str = concat!(
    "UPDATE sessions SET in_doubt = FALSE, rotated_at = ",
    now!(),
    " WHERE id = (SELECT id FROM sessions WHERE id = $1 AND generation = $2 AND in_doubt AND state = 'open' \
     FOR NO KEY UPDATE) AND generation = $2 AND in_doubt AND ",
    alive!(now!()),
    " RETURNING ",
    session_columns!(),
    ", ",
    now!()
);

/// [`END`] with one condition more.
const REVOKE_FOR_REUSE: &str = concat!(
    "WITH held AS MATERIALIZED (SELECT id FROM sessions WHERE id = $1 AND state = 'open' \
     AND NOT (in_doubt AND generation = $2) FOR NO KEY UPDATE), \
     turn AS (UPDATE session_feed SET last = greatest(last + 1, ",
    now!(),
    " * 1000) WHERE (SELECT count(*) FROM held) > 0 RETURNING last) \
     UPDATE sessions SET state = 'burnt', ended_number = turn.last FROM turn WHERE id = $1 AND state = 'open' \
     AND NOT (in_doubt AND generation = $2) RETURNING ",
    session_columns!()
);

/// The row is locked first, then the feed. Endings become visible in their order because each holds the lock of the feed, and
/// a statement that holds it waits for no other lock.
const END: &str = concat!(
    "WITH held AS MATERIALIZED (SELECT id FROM sessions WHERE id = $1 AND state = 'open' FOR NO KEY UPDATE), \
     turn AS (UPDATE session_feed SET last = greatest(last + 1, ",
    now!(),
    " * 1000) WHERE (SELECT count(*) FROM held) > 0 RETURNING last) \
     UPDATE sessions SET state = $2, ended_number = turn.last FROM turn WHERE id = $1 AND state = 'open' RETURNING ",
    session_columns!()
);

/// The rows are locked in the order of their ids, so that two such statements cannot deadlock.
const END_ALL: &str = concat!(
    "WITH held AS MATERIALIZED (SELECT id FROM sessions WHERE user_id = $1 AND state = 'open' \
     AND id IS DISTINCT FROM $2 ORDER BY id FOR NO KEY UPDATE), \
     turn AS (UPDATE session_feed SET last = greatest(last + 1, ",
    now!(),
    " * 1000) WHERE (SELECT count(*) FROM held) > 0 RETURNING last) \
     UPDATE sessions SET state = 'closed', ended_number = turn.last FROM turn, held \
     WHERE sessions.id = held.id AND state = 'open' RETURNING sessions.id"
);

const LIST: &str = concat!(
    "SELECT ",
    session_columns!(),
    " FROM sessions WHERE user_id = $1 AND ",
    alive!(now!()),
    " ORDER BY last_seen_at DESC, id DESC LIMIT $2"
);

const LIST_ALL: &str = concat!("SELECT ", session_columns!(), " FROM sessions WHERE id > $1 ORDER BY id LIMIT $2");

const REVOKED_SINCE: &str = "SELECT id, state, ended_number FROM sessions \
    WHERE ended_number >= $1 AND (ended_number, id) > ($1, $2) ORDER BY ended_number, id LIMIT $3";

/// Rows that another transaction has locked are left for the next call.
const PRUNE_ENDED: &str = concat!(
    "DELETE FROM sessions WHERE id = ANY (ARRAY(SELECT id FROM sessions WHERE ended_number < (",
    now!(),
    " - $1) * 1000 ORDER BY ended_number LIMIT $2 FOR UPDATE SKIP LOCKED))"
);

const PRUNE_EXPIRED: &str = concat!(
    "DELETE FROM sessions WHERE id = ANY (ARRAY(SELECT id FROM sessions WHERE absolute_expires_at < ",
    now!(),
    " - $1 ORDER BY absolute_expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))"
);

/// How soon a server marks the rotations that it has in doubt, once the database answers again: it tries five times a second.
const MARKED_WITHIN: Duration = Duration::from_secs(1);

/// How many rows are removed at once.
const PRUNE_BATCH: i64 = 1000;

/// Sessions in a [`PostgresDatabase`]. A clone is a second handle.
#[derive(Clone, Debug)]
pub struct PostgresStore {
    database: PostgresDatabase,
}

impl PostgresStore {
    /// The sessions of this database.
    pub const fn new(database: PostgresDatabase) -> Self {
        Self { database }
    }

    /// Does what [`SessionStore::end`] does within a transaction. The row of the feed stays locked until the transaction ends,
    /// so this and [`end_all_in`](Self::end_all_in) come last in it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_in(
        &self,
        change: &mut PostgresChange,
        id: SessionId,
        how: Ending,
    ) -> Result<Option<Session>, StoreError> {
        let end = sqlx::query(END).bind(id.as_bytes().to_vec()).bind(State::from(how).name());
        let row = self.database.within_limit(end.fetch_optional(&mut **change)).await?;
        Ok(row.as_ref().map(session).transpose()?)
    }

    /// Does what [`SessionStore::end_all`] does within a transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_all_in(
        &self,
        change: &mut PostgresChange,
        user_id: &str,
        except: Option<SessionId>,
    ) -> Result<Vec<SessionId>, StoreError> {
        let except = except.map(|except| except.as_bytes().to_vec());
        let end = sqlx::query(END_ALL).bind(user_id).bind(except);
        let rows = self.database.within_limit(end.fetch_all(&mut **change)).await?;
        Ok(rows.iter().map(|row| id(row, 0)).collect::<Result<_, _>>()?)
    }

    /// Does what [`SessionStore::list`] does within a transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list_in(&self, look: &mut PostgresChange, user_id: &str) -> Result<Vec<Session>, StoreError> {
        let list = sqlx::query(LIST).bind(user_id).bind(i64::from(MAX_LISTED));
        let rows = self.database.within_limit(list.fetch_all(&mut **look)).await?;
        Ok(rows.iter().map(session).collect::<Result<_, _>>()?)
    }

    async fn prune_by(&self, statement: &'static str, keep: i64) -> Result<u64, DatabaseError> {
        let mut removed = 0;
        loop {
            let delete = sqlx::query(statement).bind(keep).bind(PRUNE_BATCH);
            let result = self.database.within_limit(delete.execute(self.database.pool())).await?;
            removed += result.rows_affected();
            if result.rows_affected() < PRUNE_BATCH.unsigned_abs() {
                return Ok(removed);
            }
        }
    }

    async fn rows(&self, query: Query<'_>) -> Result<Vec<PgRow>, DatabaseError> {
        Ok(self.database.within_limit(query.fetch_all(self.database.pool())).await?)
    }

    async fn row(&self, query: Query<'_>) -> Result<Option<PgRow>, DatabaseError> {
        Ok(self.database.within_limit(query.fetch_optional(self.database.pool())).await?)
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// A session, and the time in the column behind it.
fn reading(row: &PgRow) -> Result<Reading, DatabaseError> {
    Ok(Reading { session: session(row)?, now: moment(row.try_get(SESSION_COLUMNS)?, "time")? })
}

impl SessionStore for PostgresStore {
    fn insert(&self, new: NewSession) -> StoreFuture<'_, Session> {
        answer(async move {
            let insert = sqlx::query(INSERT)
                .bind(new.id.as_bytes().as_slice())
                .bind(new.user_id.as_str())
                .bind(new.client.as_str())
                .bind(new.label.as_deref())
                .bind(new.scope.as_deref())
                .bind(new.salt.as_bytes().as_slice())
                .bind(i16::from(new.key_id))
                .bind(span(new.idle))
                .bind(span(new.absolute));
            let row = self.database.within_limit(insert.fetch_one(self.database.pool())).await?;
            session(&row)
        })
    }

    fn read(&self, id: SessionId) -> StoreFuture<'_, Option<Reading>> {
        answer(async move {
            let row = self.row(sqlx::query(READ).bind(id.as_bytes().as_slice())).await?;
            row.as_ref().map(reading).transpose()
        })
    }

    fn advance(&self, step: Advance) -> StoreFuture<'_, Option<Reading>> {
        answer(async move {
            let advance = sqlx::query(ADVANCE)
                .bind(step.id.as_bytes().as_slice())
                .bind(signed(step.from))
                .bind(signed(step.to))
                .bind(i16::from(step.key_id))
                .bind(span(step.idle));
            self.row(advance).await?.as_ref().map(reading).transpose()
        })
    }

    fn doubt(&self, doubt: Doubt) -> StoreFuture<'_, bool> {
        answer(async move {
            let mark = sqlx::query(DOUBT)
                .bind(doubt.id.as_bytes().as_slice())
                .bind(signed(doubt.generation))
                .bind(signed(doubt.until.0));
            Ok(self.row(mark).await?.map(|row| row.try_get(0)).transpose()?.unwrap_or(false))
        })
    }

    fn redeliver(&self, id: SessionId, generation: u64) -> StoreFuture<'_, Option<Reading>> {
        answer(async move {
            let again = sqlx::query(HAND_OVER_AGAIN).bind(id.as_bytes().as_slice()).bind(signed(generation));
            self.row(again).await?.as_ref().map(reading).transpose()
        })
    }

    fn await_marks(&self) -> StoreFuture<'_, ()> {
        answer(async {
            tokio::time::sleep(MARKED_WITHIN).await;
            Ok(())
        })
    }

    fn revoke_for_reuse(&self, id: SessionId, presented: u64) -> StoreFuture<'_, Option<Session>> {
        answer(async move {
            let revoke =
                sqlx::query(REVOKE_FOR_REUSE).bind(id.as_bytes().as_slice()).bind(signed(presented.saturating_add(1)));
            self.row(revoke).await?.as_ref().map(session).transpose()
        })
    }

    fn end(&self, id: SessionId, how: Ending) -> StoreFuture<'_, Option<Session>> {
        answer(async move {
            let end = sqlx::query(END).bind(id.as_bytes().as_slice()).bind(State::from(how).name());
            self.row(end).await?.as_ref().map(session).transpose()
        })
    }

    fn end_all<'a>(&'a self, user_id: &'a str, except: Option<SessionId>) -> StoreFuture<'a, Vec<SessionId>> {
        answer(async move {
            let except = except.map(|except| except.as_bytes().to_vec());
            let rows = self.rows(sqlx::query(END_ALL).bind(user_id).bind(except)).await?;
            rows.iter().map(|row| id(row, 0)).collect()
        })
    }

    fn list<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Vec<Session>> {
        answer(async move {
            let rows = self.rows(sqlx::query(LIST).bind(user_id).bind(i64::from(MAX_LISTED))).await?;
            rows.iter().map(session).collect()
        })
    }

    fn list_all(&self, after: Option<SessionId>, limit: u32) -> StoreFuture<'_, Vec<Session>> {
        answer(async move {
            let after = after.map(|after| after.as_bytes().to_vec()).unwrap_or_default();
            let rows = self.rows(sqlx::query(LIST_ALL).bind(after).bind(i64::from(limit))).await?;
            rows.iter().map(session).collect()
        })
    }

    fn revoked_since(&self, after: FeedCursor, limit: u32) -> StoreFuture<'_, Vec<Revocation>> {
        answer(async move {
            let query = sqlx::query(REVOKED_SINCE)
                .bind(signed(after.number()))
                .bind(after.id().as_bytes().to_vec())
                .bind(i64::from(limit));
            self.rows(query).await?.iter().map(revocation).collect()
        })
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        answer(async move {
            let ended = self.prune_by(PRUNE_ENDED, span(keep)).await?;
            Ok(ended + self.prune_by(PRUNE_EXPIRED, span(keep)).await?)
        })
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        answer(async move {
            let query = sqlx::query("SELECT 1 FROM session_feed");
            self.database.within_limit(query.fetch_one(self.database.pool())).await?;
            Ok(())
        })
    }
}

fn session(row: &PgRow) -> Result<Session, DatabaseError> {
    Ok(Session {
        id: id(row, 0)?,
        user_id: row.try_get(1)?,
        client: row.try_get(2)?,
        label: row.try_get(3)?,
        scope: row.try_get(4)?,
        salt: Salt::from_bytes(sixteen(row.try_get(5)?, "salt")?),
        generation: unsigned(row.try_get(6)?, "generation")?,
        key_id: u8::try_from(row.try_get::<i16, _>(7)?).map_err(|_| damaged("key id"))?,
        state: state(row, 8)?,
        created_at: moment(row.try_get(9)?, "creation")?,
        rotated_at: moment(row.try_get(10)?, "rotation")?,
        last_seen_at: moment(row.try_get(11)?, "last use")?,
        idle_expires_at: moment(row.try_get(12)?, "idle expiry")?,
        absolute_expires_at: moment(row.try_get(13)?, "absolute expiry")?,
        ended_at: ended_at(row.try_get(14)?)?,
        in_doubt: row.try_get(15)?,
    })
}

/// A row of `id, state, ended_number`.
fn revocation(row: &PgRow) -> Result<Revocation, DatabaseError> {
    let session_id = id(row, 0)?;
    let ending = match state(row, 1)? {
        State::Closed => Ending::Closed,
        State::RevokedForReuse => Ending::RevokedForReuse,
        State::Open => return Err(damaged("session state").into()),
    };
    let cursor = FeedCursor::new(unsigned(row.try_get(2)?, "position in the feed")?, session_id);
    Ok(Revocation { session_id, ending, cursor })
}

fn id(row: &PgRow, at: usize) -> Result<SessionId, DatabaseError> {
    Ok(SessionId::from_bytes(sixteen(row.try_get(at)?, "session id")?))
}

fn state(row: &PgRow, at: usize) -> Result<State, DatabaseError> {
    Ok(State::from_name(row.try_get(at)?).ok_or_else(|| damaged("session state"))?)
}
