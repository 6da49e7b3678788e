//! What went wrong behind a request, as the problem that its client is told. The log is told more.

use super::bearer::session_ended;
use super::problem::Problem;
use crate::attempts::TooMany;
use crate::live_login::NotLive;
use crate::passwords::PasswordError;
use axum::http::StatusCode;
use glowband_issue::{IssueError, SignError};
use glowband_session::{StoreError, StoreErrorKind};

/// No verdict, only silence: a client keeps what it has and asks again.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error.kind() {
            StoreErrorKind::Unavailable => {
                tracing::warn!(%error, "The database cannot be asked.");
                Self::database_unavailable()
            }
            // Whoever runs the server can mend these, and the same request is good afterwards.
            StoreErrorKind::Full | StoreErrorKind::ReadOnly | StoreErrorKind::NotPermitted => {
                tracing::error!(%error, "The database takes nothing.");
                Self::database_unavailable()
            }
            _ => {
                tracing::error!(%error, "The database failed.");
                Self::internal()
            }
        }
    }
}

/// Nothing was done in the name of a login. A client that refreshes and asks again is told what is true then.
impl From<NotLive> for Problem {
    fn from(refusal: NotLive) -> Self {
        match refusal {
            NotLive::Ended => session_ended(),
            NotLive::Changed => {
                let detail = "The password of the account was changed while this request was under way.";
                Self::invalid_token("account_changed", detail)
            }
            NotLive::Store(error) => error.into(),
        }
    }
}

impl From<IssueError> for Problem {
    fn from(error: IssueError) -> Self {
        tracing::error!(%error, "A token could not be made.");
        match error {
            IssueError::Sign(error) => error.into(),
            _ => Self::internal(),
        }
    }
}

impl From<SignError> for Problem {
    fn from(error: SignError) -> Self {
        tracing::error!(%error, "A token could not be signed.");
        match error {
            SignError::Unavailable => {
                let detail = "What holds the signing key cannot be reached at the moment. Ask again.";
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
                let detail = "Too many passwords are being checked at the moment. Ask again.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(busy.seconds)
            }
            PasswordError::Failed => Self::internal(),
        }
    }
}

impl From<TooMany> for Problem {
    fn from(too_many: TooMany) -> Self {
        let detail = "There were too many attempts. Wait as long as Retry-After says.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail).retry_after(too_many.seconds)
    }
}
