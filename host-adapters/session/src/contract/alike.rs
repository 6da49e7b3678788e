//! Assertions that print what differs.

use crate::{How, RefreshError, Refreshed, Refused, Session};

/// Asserts that the refresh succeeded in this way.
#[track_caller]
pub(super) fn answered(outcome: Result<Refreshed, RefreshError>, how: How) -> Refreshed {
    match outcome {
        Ok(refreshed) => {
            assert_eq!(refreshed.how, how);
            refreshed
        }
        Err(error) => panic!("expected {how:?}, got {error:?}"),
    }
}

/// Asserts that the refresh was refused for this reason, and returns the session of the error.
#[track_caller]
pub(super) fn refused(outcome: Result<Refreshed, RefreshError>, expected: Refused) -> Option<Session> {
    match outcome {
        Err(RefreshError::Refused { why, session }) => {
            assert_eq!(why, expected);
            session.map(|session| *session)
        }
        other => panic!("expected {expected:?}, got {other:?}"),
    }
}
