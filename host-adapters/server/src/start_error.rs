//! Why a server cannot begin, and whether trying again is of any use.

use glowband_session::{StoreError, StoreErrorKind};
use std::fmt;

/// Why a server cannot be opened.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartError {
    /// Another attempt may succeed without any change: the database is not available yet.
    Passing(String),
    /// An operator has to change something first.
    Lasting(String),
}

impl std::error::Error for StartError {}

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
