//! Why a store could not answer.

use std::error::Error;
use std::fmt;

/// Why a store could not answer. Nothing of it is a verdict on a session: whoever asked may ask again.
///
/// Its text names what is wrong for whoever runs the server, and holds no token, secret or value of a row.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    text: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// What is to be done about a [`StoreError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The database cannot be reached, starts, stops, or is too busy: the same question may be answered in a while.
    Unavailable,
    /// There is no room left.
    Full,
    /// The database takes no changes: a file that is write-protected, a replica.
    ReadOnly,
    /// The database refuses this user, or the operating system this file.
    NotPermitted,
    /// The database has no such tables, or those of another version.
    Schema,
    /// A value cannot be kept: too long, or with characters that are not allowed.
    Refused,
    /// What the database holds is damaged.
    Damaged,
    /// Anything else, this program's faults included.
    Other,
}

impl StoreErrorKind {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Unavailable => "the database is not available",
            Self::Full => "the database has no room left",
            Self::ReadOnly => "the database takes no changes",
            Self::NotPermitted => "the database may not be used",
            Self::Schema => "the database does not have the schema of this program",
            Self::Refused => "a value cannot be kept",
            Self::Damaged => "the database is damaged",
            Self::Other => "the database failed",
        }
    }
}

impl StoreError {
    /// An error of this kind; `text` says what exactly is wrong.
    pub fn new(kind: StoreErrorKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), cause: None }
    }

    /// The same, with the error behind it. `text` is to hold its words as far as people should read them.
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// What is to be done about it.
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    /// What exactly is wrong, without the kind's own sentence.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the same question may be answered in a while: an HTTP server says 503 with `Retry-After`.
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
