//! Which HTTP status, error code and cause each refusal has: the one table.

use crate::challenge::ErrorCode;
use glowband_core::{Class, Refusal};

/// What a refusal is in HTTP.
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
    /// The `error` of the challenge; `None` where there is nothing that the client did wrong.
    pub error: Option<ErrorCode>,
    /// Whether the same request may fare better in a while; it is told when, with `Retry-After`.
    pub retry: bool,
}

impl Status {
    /// The token is not good: 401 `invalid_token` (RFC 6750 §3.1).
    pub(crate) const INVALID_TOKEN: Self = Self { code: 401, error: Some(ErrorCode::InvalidToken), retry: false };
    /// We are set up wrongly, which is no verdict against the token.
    pub(crate) const OUR_FAULT: Self = Self { code: 500, error: None, retry: false };
    /// We cannot judge now.
    pub(crate) const NOT_NOW: Self = Self { code: 503, error: None, retry: true };

    /// What this refusal is in HTTP.
    pub const fn of(refusal: Refusal) -> Self {
        match refusal {
            // Neither is the token's doing, whatever class they are in.
            Refusal::ClockUnknown | Refusal::ReplayWindowFull => Self::NOT_NOW,
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
            // A class that is not known here does not open the door, and does not blame the token.
            _ => Self::OUR_FAULT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    /// The table as it stands in `STATUSES.md`.
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
    fn the_document_is_the_table() {
        let document = include_str!("../STATUSES.md");
        let (_, written) = document.split_once("\n\n").unwrap();
        assert!(written == table(), "STATUSES.md should hold:\n{}", table());
    }

    #[test]
    fn a_setup_of_ours_never_blames_the_token_and_a_token_never_us() {
        for refusal in Refusal::ALL {
            let status = Status::of(*refusal);
            assert_eq!(status.error.is_none(), status.code >= 500, "{refusal:?}");
            assert_eq!(status.code == 500, refusal.class() == Class::Setup, "{refusal:?}");
            assert_eq!(status.retry, status.code == 503, "{refusal:?}");
        }
    }
}
