//! Errors of stores.

use std::error::Error;
use std::fmt;

/// An error of a store. It is not a verdict on a session: the caller may try again.
///
/// Its text is for the operator, and contains no token, secret or value of a row.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    text: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// The kind of a [`StoreError`], by what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The database cannot be reached, is starting or stopping, or is too busy: the same call may succeed later.
    Unavailable,
    /// The disk or the file is full.
    Full,
    /// The database rejects writes: a write-protected file, a replica.
    ReadOnly,
    /// The database refuses this user, or the operating system this file.
    NotPermitted,
    /// The database has no such tables, or those of another version.
    Schema,
    /// A value cannot be stored: it is too long, or contains characters that are not allowed.
    Refused,
    /// The content of the database is damaged.
    Damaged,
    /// Anything else, including faults of this program.
    Other,
}

impl StoreErrorKind {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Unavailable => "the database is not available",
            Self::Full => "the database is full",
            Self::ReadOnly => "the database rejected the write",
            Self::NotPermitted => "the database denied access",
            Self::Schema => "the database does not have the schema of this program",
            Self::Refused => "a value cannot be stored",
            Self::Damaged => "the database is damaged",
            Self::Other => "the database failed",
        }
    }
}

impl StoreError {
    /// Returns an error of this kind; `text` says what exactly is wrong.
    pub fn new(kind: StoreErrorKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), cause: None }
    }

    /// Adds the error that caused it. `text` already says what people should read of it.
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Returns the kind.
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// Returns what exactly is wrong, without the sentence of the kind.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether the same call may succeed later: an HTTP server answers 503 with `Retry-After`.
    pub const fn is_unavailable(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Unavailable)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.sentence(), self.text)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}
