//! Why a server cannot be opened, and whether another attempt may succeed.

use crate::config::PasswordSettingError;
use crate::file_error::FileError;
use glowband_issue::{KeyFolderError, ScheduleError};
use glowband_session::{RulesError, StoreError, StoreErrorKind};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Why a server cannot be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The database cannot be used.
    Database {
        /// The database, without its password.
        name: String,
        /// What it answered.
        error: StoreError,
    },
    /// A file or folder cannot be used.
    File(FileError),
    /// The signing keys cannot be used.
    SigningKeys(KeyFolderError),
    /// The database did not answer in time.
    NoAnswer {
        /// The database, without its password.
        name: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// A file of a signing key cannot be used.
    UnusableKey(String),
    /// The refresh secret cannot be used. Shows nothing of it.
    RefreshSecret(String),
    /// The key that encrypts the signing keys cannot be used. Shows nothing of it.
    EncryptionKey(String),
    /// The settings of passwords contradict each other.
    Passwords(PasswordSettingError),
    /// The lifetimes of sessions contradict each other.
    SessionRules(RulesError),
    /// The schedule of signing keys contradicts itself.
    KeySchedule(ScheduleError),
}

impl StartError {
    pub(crate) fn of_database(name: &dyn fmt::Display, error: StoreError) -> Self {
        Self::Database { name: name.to_string(), error }
    }

    /// Returns whether another attempt may succeed without any change: the database is not available yet.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Database { error, .. } => error.kind() == StoreErrorKind::Unavailable,
            Self::NoAnswer { .. } => true,
            _ => false,
        }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database { name, error } => write!(f, "{name}: {error}"),
            Self::File(error) => error.fmt(f),
            Self::SigningKeys(error) => error.fmt(f),
            Self::NoAnswer { name, after } => write!(f, "{name}: it did not answer within {after:?}"),
            Self::UnusableKey(words) | Self::RefreshSecret(words) | Self::EncryptionKey(words) => f.write_str(words),
            Self::Passwords(error) => error.fmt(f),
            Self::SessionRules(error) => error.fmt(f),
            Self::KeySchedule(error) => error.fmt(f),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Database { error, .. } => Some(error),
            Self::File(error) => error.source(),
            Self::SigningKeys(error) => error.source(),
            Self::NoAnswer { .. } | Self::UnusableKey(_) | Self::RefreshSecret(_) | Self::EncryptionKey(_) => None,
            Self::Passwords(error) => error.source(),
            Self::SessionRules(error) => error.source(),
            Self::KeySchedule(error) => error.source(),
        }
    }
}

macro_rules! from {
    ($($variant:ident = $error:ty,)*) => {
        $(impl From<$error> for StartError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

from! {
    File = FileError,
    SigningKeys = KeyFolderError,
    Passwords = PasswordSettingError,
    SessionRules = RulesError,
    KeySchedule = ScheduleError,
}
