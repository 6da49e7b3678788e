//! A row of `personal_tokens`.

use crate::accounts::UserId;
use crate::database::{damaged, moment};
use glowband_issue::TokenDigest;
use glowband_session::{StoreError, Timestamp};

/// A personal token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PersonalTokenRow {
    /// The public part of the token.
    pub(crate) id: String,
    pub(crate) user_id: UserId,
    pub(crate) name: String,
    pub(crate) scope: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    /// To the minute.
    pub(crate) last_used_at: Option<Timestamp>,
}

/// What a presented token is compared with.
pub(super) struct Stored {
    pub(super) row: PersonalTokenRow,
    pub(super) digest: TokenDigest,
    /// The time of the database.
    pub(super) now: Timestamp,
}

/// The columns of [`row`], in its order.
macro_rules! columns {
    () => {
        "personal_tokens.id, user_id, name, scope, personal_tokens.created_at, expires_at, last_used_at"
    };
}
pub(super) use columns;

pub(super) type Columns = (String, String, String, Option<String>, i64, Option<i64>, Option<i64>);
pub(super) type WithDigest = (String, String, String, Option<String>, i64, Option<i64>, Option<i64>, Vec<u8>, i64);

pub(super) fn row(columns: Columns) -> Result<PersonalTokenRow, StoreError> {
    let (id, user_id, name, scope, created_at, expires_at, last_used_at) = columns;
    Ok(PersonalTokenRow {
        id,
        user_id: user_id.parse().map_err(|_| damaged("user id"))?,
        name,
        scope,
        created_at: moment(created_at)?,
        expires_at: expires_at.map(moment).transpose()?,
        last_used_at: last_used_at.map(moment).transpose()?,
    })
}

/// The columns of a row, then digest and time.
pub(super) fn stored(columns: WithDigest) -> Result<Stored, StoreError> {
    let (id, user_id, name, scope, created_at, expires_at, last_used_at, digest, now) = columns;
    Ok(Stored {
        row: row((id, user_id, name, scope, created_at, expires_at, last_used_at))?,
        digest: TokenDigest::from_bytes(&digest).ok_or_else(|| damaged("token's digest"))?,
        now: moment(now)?,
    })
}
