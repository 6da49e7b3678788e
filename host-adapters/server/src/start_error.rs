//! Why a server cannot begin, and whether trying again is of any use.

use glowband_session::{StoreError, StoreErrorKind};
use std::fmt;

/// Why a server cannot begin, in words for people.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StartError {
    /// It passes without anybody's doing: a database that is started later, an address that another program still has.
    Passing(String),
    /// Somebody has to put it right.
    Lasting(String),
}

impl StartError {
    /// What a database answered, told with its name.
    pub(crate) fn of_database(name: &dyn fmt::Display, error: &StoreError) -> Self {
        let words = format!("{name}: {error}");
        if error.kind() == StoreErrorKind::Unavailable { Self::Passing(words) } else { Self::Lasting(words) }
    }
}

impl From<String> for StartError {
    fn from(words: String) -> Self {
        Self::Lasting(words)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Passing(words) | Self::Lasting(words)) = self;
        f.write_str(words)
    }
}
