//! Values as both databases store them: signed numbers, bytes of any length.

use glowband_session::{FeedCursor, StoreError, StoreErrorKind, Timestamp};
use std::time::Duration;

/// Returns the error for a column whose value this program cannot have written.
pub(crate) fn damaged(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Damaged, format!("invalid {what} in a row"))
}

/// Reads a column of exactly 16 bytes.
pub(crate) fn sixteen(bytes: &[u8], what: &str) -> Result<[u8; 16], StoreError> {
    bytes.try_into().map_err(|_| damaged(what))
}

/// Reads a number that is never negative.
pub(crate) fn unsigned(number: i64, what: &str) -> Result<u64, StoreError> {
    number.try_into().map_err(|_| damaged(what))
}

/// Reads a time.
pub(crate) fn moment(number: i64, what: &str) -> Result<Timestamp, StoreError> {
    unsigned(number, what).map(Timestamp)
}

/// Reads the time at which a session ended from its position in the feed.
pub(crate) fn ended_at(number: Option<i64>) -> Result<Option<Timestamp>, StoreError> {
    number.map(|number| Ok(FeedCursor::number_moment(unsigned(number, "position in the feed")?))).transpose()
}

/// Converts a number for a column; numbers above `i64::MAX` are capped.
pub(crate) fn signed(number: u64) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Converts a duration to milliseconds, capped so that adding it to a time cannot overflow.
pub(crate) fn span(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).min(i64::MAX / 4)
}
