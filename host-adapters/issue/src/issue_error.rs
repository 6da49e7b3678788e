//! Why a token was not issued.

use crate::signer::SignError;
use std::fmt;

/// Why a token was not issued. Errors name claims, but never contain their values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueError {
    /// This required claim is empty.
    Empty(&'static str),
    /// The lifetime is shorter than one second, or `exp` is 2^53 or later.
    Lifetime,
    /// The scope is not a list of names separated by single spaces (RFC 6749 §3.3).
    Scope,
    /// The subject of an ID token is longer than 255 bytes, or not ASCII (OpenID Connect Core §2).
    Subject,
    /// An added claim has the name of a claim that the token already has.
    ClaimTaken(String),
    /// The value of an added claim cannot be serialized as JSON.
    ClaimUnfit(String),
    /// The signer returned an error.
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
            Self::Empty(claim) => write!(f, "The required claim {claim} is empty."),
            Self::Lifetime => f.write_str("The token's lifetime is not allowed; allowed: 1 second or more, and exp before 2^53."),
            Self::Scope => f.write_str(
                "The scope is malformed; allowed: names of printable ASCII without \" and \\, with single spaces between.",
            ),
            Self::Subject => f.write_str("The subject is not allowed in an ID token; allowed: at most 255 ASCII characters."),
            Self::ClaimTaken(name) => write!(f, "The token already has a claim {name:?}."),
            Self::ClaimUnfit(name) => write!(f, "The value of the claim {name:?} cannot be serialized as JSON."),
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
