//! Why there is no token.

use crate::signer::SignError;
use std::fmt;

/// Why a token was not issued. Names claims, never says what is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueError {
    /// This claim must say something, and is empty.
    Empty(&'static str),
    /// The token would end before it begins, at once, or never.
    Lifetime,
    /// The scope is not names with single spaces between them (RFC 6749 §3.3).
    Scope,
    /// The subject of an ID token is longer than 255 bytes, or not ASCII (OpenID Connect Core §2).
    Subject,
    /// A further claim has the name of one that is there already.
    ClaimTaken(String),
    /// A further claim cannot be written as JSON.
    ClaimUnfit(String),
    /// The signer gave no signature.
    Sign(SignError),
}

impl From<SignError> for IssueError {
    fn from(error: SignError) -> Self {
        Self::Sign(error)
    }
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty(claim) => write!(f, "The claim {claim} is empty, and a token needs it."),
            Self::Lifetime => f.write_str("The token's lifetime must be one second at least, and end before 2^53."),
            Self::Scope => f.write_str(
                "The scope must be names of printable ASCII without quote and backslash, one space between them.",
            ),
            Self::Subject => f.write_str("The subject of an ID token has at most 255 characters, all of them ASCII."),
            Self::ClaimTaken(name) => write!(f, "The claim {name:?} is in the token already."),
            Self::ClaimUnfit(name) => write!(f, "The value of the claim {name:?} cannot be written as JSON."),
            Self::Sign(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for IssueError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sign(error) => Some(error),
            _ => None,
        }
    }
}
