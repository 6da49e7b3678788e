//! A row of PostgreSQL's `sessions`.

use crate::stored::{damaged, ended_at, moment, sixteen, unsigned};
use crate::{Ending, FeedCursor, Revocation, Salt, Session, SessionId, State, StoreError};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// The columns of [`session`], in its order.
macro_rules! columns {
    () => {
        "id, user_id, client, label, scope, salt, generation, key_id, state, created_at, rotated_at, last_seen_at, \
         idle_expires_at, absolute_expires_at, ended_number, in_doubt"
    };
}
pub(super) use columns;

/// How many they are: the place of what a statement asks for beyond them.
pub(super) const COLUMNS: usize = 16;

pub(super) fn session(row: &PgRow) -> Result<Session, StoreError> {
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
pub(super) fn revocation(row: &PgRow) -> Result<Revocation, StoreError> {
    let session_id = id(row, 0)?;
    let ending = match state(row, 1)? {
        State::Closed => Ending::Closed,
        State::Burnt => Ending::Burnt,
        State::Open => return Err(damaged("state")),
    };
    let cursor = FeedCursor::new(unsigned(row.try_get(2)?, "place in the feed")?, session_id);
    Ok(Revocation { session_id, ending, cursor })
}

pub(super) fn id(row: &PgRow, at: usize) -> Result<SessionId, StoreError> {
    sixteen(row.try_get(at)?, "id").map(SessionId::from_bytes)
}

fn state(row: &PgRow, at: usize) -> Result<State, StoreError> {
    State::from_name(row.try_get(at)?).ok_or_else(|| damaged("state"))
}
