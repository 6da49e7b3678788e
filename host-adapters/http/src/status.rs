//! The table from refusals to HTTP statuses and error codes.

use crate::challenge::ErrorCode;
use glowband_core::{Class, Refusal};

/// The HTTP form of a refusal.
///
/// ```
/// use glowband_core::Refusal;
/// use glowband_http::{ErrorCode, Status};
///
/// assert_eq!(Status::of(Refusal::Expired), Status { code: 401, error: Some(ErrorCode::InvalidToken), retry: false });
/// assert_eq!(Status::of(Refusal::ClockUnknown).code, 503);
/// ```
#[doc = include_str!("../STATUSES.md")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The HTTP status code.
    pub code: u16,
    /// The `error` of the challenge; `None` if the client made no mistake.
    pub error: Option<ErrorCode>,
    /// Whether the same request may succeed later; the answer then has `Retry-After`.
    pub retry: bool,
}

impl Status {
    /// The token is not valid: 401 `invalid_token` (RFC 6750 §3.1).
    pub(crate) const INVALID_TOKEN: Self = Self { code: 401, error: Some(ErrorCode::InvalidToken), retry: false };
    /// The server is misconfigured, which says nothing about the token.
    pub(crate) const SERVER_ERROR: Self = Self { code: 500, error: None, retry: false };
    /// The token cannot be checked at the moment.
    pub(crate) const UNAVAILABLE: Self = Self { code: 503, error: None, retry: true };

    /// Returns the HTTP form of this refusal.
    pub const fn of(refusal: Refusal) -> Self {
        match refusal {
            // The server causes these two refusals, although their classes are about tokens.
            Refusal::ClockUnknown | Refusal::ReplayWindowFull => Self::UNAVAILABLE,
            _ => Self::of_class(refusal.class()),
        }
    }

    const fn of_class(class: Class) -> Self {
        match class {
            Class::Form
            | Class::Header
            | Class::Key
            | Class::Signature
            | Class::Payload
            | Class::Claim
            | Class::Time
            | Class::Replay => Self::INVALID_TOKEN,
            // An unknown class refuses the request, but does not claim that the token is invalid.
            _ => Self::SERVER_ERROR,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    /// Returns the table in the form of `STATUSES.md`.
    fn table() -> String {
        let mut table = String::from("| number | name | class | status | error |\n|--:|---|---|---|---|\n");
        for refusal in Refusal::ALL {
            let status = Status::of(*refusal);
            let error = status.error.map_or(String::new(), |error| format!("`{}`", error.name()));
            let (number, name, class) = (refusal.code(), refusal.name(), refusal.class().name());
            writeln!(table, "| {number} | `{name}` | {class} | {} | {error} |", status.code).unwrap();
        }
        table
    }

    #[test]
    fn the_document_equals_the_table() {
        let document = include_str!("../STATUSES.md");
        let (_, written) = document.split_once("\n\n").unwrap();
        assert!(written == table(), "STATUSES.md should hold:\n{}", table());
    }

    #[test]
    fn server_errors_have_no_error_code_and_token_errors_have_one() {
        for refusal in Refusal::ALL {
            let status = Status::of(*refusal);
            assert_eq!(status.error.is_none(), status.code >= 500, "{refusal:?}");
            assert_eq!(status.code == 500, refusal.class() == Class::Setup, "{refusal:?}");
            assert_eq!(status.retry, status.code == 503, "{refusal:?}");
        }
    }
}
