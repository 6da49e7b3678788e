//! Converts errors behind a request to the problem that the client gets, and logs their cause.

use super::bearer::session_ended;
use super::problem::Problem;
use crate::attempts::TooMany;
use crate::live_login::NotLive;
use crate::passwords::PasswordError;
use axum::http::StatusCode;
use glowband_issue::{IssueError, SignError};
use glowband_session::{StoreError, StoreErrorKind};

/// A failed database says nothing about a token or a session: clients keep their tokens and retry.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            StoreErrorKind::Unavailable => {
                tracing::warn!(%error, "database unavailable");
                Self::database_unavailable()
            }
            // An operator can fix these causes, and the same request succeeds afterwards.
            StoreErrorKind::Full | StoreErrorKind::ReadOnly | StoreErrorKind::NotPermitted => {
                tracing::error!(%error, "database rejected the write");
                Self::database_unavailable()
            }
            _ => {
                tracing::error!(%error, "database operation failed");
                Self::internal()
            }
        }
    }
}

/// The session ended or the account changed during the request, and the request changed nothing.
impl From<NotLive> for Problem {
    fn from(refusal: NotLive) -> Self {
        match refusal {
            NotLive::Ended => session_ended(),
            NotLive::Changed => {
                let detail =
                    "The password of the account was changed during this request. Refresh the tokens and retry.";
                Self::invalid_token("account_changed", detail)
            }
            NotLive::Store(error) => error.into(),
        }
    }
}

impl From<IssueError> for Problem {
    fn from(error: IssueError) -> Self {
        tracing::error!(%error, "failed to create a token");
        match error {
            IssueError::Sign(error) => error.into(),
            _ => Self::internal(),
        }
    }
}

impl From<SignError> for Problem {
    fn from(error: SignError) -> Self {
        tracing::error!(%error, "failed to sign a token");
        match error {
            SignError::Unavailable => {
                let detail =
                    "The service that holds the signing key is unavailable. Retry after the seconds in Retry-After.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "signer_unavailable", detail).retry_after(5)
            }
            _ => Self::internal(),
        }
    }
}

impl From<PasswordError> for Problem {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy(busy) => {
                let detail = "Too many passwords are being checked. Retry after the seconds in Retry-After.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(busy.seconds)
            }
            PasswordError::Failed => Self::internal(),
        }
    }
}

impl From<TooMany> for Problem {
    fn from(too_many: TooMany) -> Self {
        let detail = "Too many attempts. Retry after the seconds in Retry-After.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail).retry_after(too_many.seconds)
    }
}
