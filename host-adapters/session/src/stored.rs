//! Values as both databases hold them: signed numbers, bytes of any length.

use crate::{FeedCursor, StoreError, StoreErrorKind, Timestamp};
use std::time::Duration;

/// A value in a row that this program has not written.
pub(crate) fn damaged(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Damaged, format!("a session's {what} is none"))
}

pub(crate) fn sixteen(bytes: &[u8], what: &str) -> Result<[u8; 16], StoreError> {
    bytes.try_into().map_err(|_| damaged(what))
}

pub(crate) fn unsigned(number: i64, what: &str) -> Result<u64, StoreError> {
    number.try_into().map_err(|_| damaged(what))
}

pub(crate) fn moment(number: i64, what: &str) -> Result<Timestamp, StoreError> {
    unsigned(number, what).map(Timestamp)
}

pub(crate) fn ended_at(number: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    number.map(|number| Ok(FeedCursor::number_moment(unsigned(number, "place in the feed")?))).transpose()
}

/// As far as a database's number goes.
pub(crate) fn signed(number: u64) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// In milliseconds, and not so many that adding them to a time overflows.
pub(crate) fn span(time: Duration) -> i64 {
    signed(crate::timestamp::millis(time)).min(i64::MAX / 4)
}
