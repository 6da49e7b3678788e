//! Values as both databases hold them.

use glowband_session::{StoreError, StoreErrorKind, Timestamp};
use std::time::Duration;

/// As far as a database's number goes.
pub(crate) fn signed(number: u64) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// In milliseconds, and not so many that adding them to a time overflows.
pub(crate) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX).min(i64::MAX / 4)
}

pub(crate) fn moment(number: i64) -> Result<Timestamp, StoreError> {
    number.try_into().map(Timestamp).map_err(|_| damaged("time"))
}

/// A value in a row that this program has not written.
pub(crate) fn damaged(what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Damaged, format!("a {what} in it is none"))
}
