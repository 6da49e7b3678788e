//! The work of an operator on the database of a server: accounts, logins, personal tokens, the audit log, signing keys.
//!
//! The commands `glowband users`, `sessions`, `audit` and `keys` are made of it. None of it needs the refresh secret, and
//! the server may be running.

pub use crate::accounts::{Accounts, After, Credentials, Email, NoEmail, NoUserId, User, UserId};
pub use crate::audit::{Actor, Audit, Entry, Event, Filter, Recorded};
pub use crate::passwords::{MAX_PASSWORD_BYTES, Password, PasswordError, PasswordProblem, Passwords, StoredPassword};
pub use crate::personal_tokens::PersonalTokens;

use crate::config::{DatabaseUrl, PasswordSettingError, Settings};
use crate::file_error::FileError;
use crate::open::{self, prepare_data_folder};
use crate::start_error::StartError;
use glowband_issue::KeyFolder;
use glowband_session::SessionStore;
use glowband_storage::Storage;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// An open database, for the work of an operator.
pub struct Admin {
    /// The accounts.
    pub accounts: Accounts,
    /// The personal tokens.
    pub tokens: PersonalTokens,
    /// The sessions, without the secret that refresh tokens are made with.
    pub sessions: Arc<dyn SessionStore>,
    /// The audit log.
    pub audit: Audit,
    storage: Storage,
    name: String,
    created: bool,
}

/// What to do about a SQLite file that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingDatabase {
    /// Creates it.
    Create,
    /// Returns an error.
    Refuse,
}

impl Admin {
    /// Opens the database that the settings name.
    ///
    /// # Errors
    /// Returns why the database cannot be opened.
    pub async fn open(settings: &Settings, missing: MissingDatabase) -> Result<Self, StartError> {
        let mut created = false;
        if let DatabaseUrl::Sqlite(path) = &settings.database
            && !path.exists()
        {
            if missing == MissingDatabase::Refuse {
                let problem = "there is no such file; glowband serve and glowband users add make it";
                return Err(FileError::new(path, problem).into());
            }
            // A file elsewhere needs no data folder.
            if below(path, &settings.data) {
                prepare_data_folder(&settings.data)?;
            }
            created = true;
        }
        let storage = open::open_database(settings).await?;
        Ok(Self {
            accounts: Accounts::new(storage.clone()),
            tokens: PersonalTokens::new(storage.clone()),
            sessions: storage.sessions(),
            audit: Audit::new(storage.clone()),
            storage,
            name: settings.database.to_string(),
            created,
        })
    }

    /// Returns the name of the database, without its password.
    pub fn database_name(&self) -> &str {
        &self.name
    }

    /// Returns whether the database was created.
    pub fn created(&self) -> bool {
        self.created
    }

    /// Closes the database.
    pub async fn close(self) {
        self.storage.close().await;
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").field("database", &self.name).finish_non_exhaustive()
    }
}

/// Returns what checks and hashes passwords by these settings.
///
/// # Errors
/// Returns which setting is wrong, and what is allowed.
pub fn passwords(settings: &Settings) -> Result<Passwords, PasswordSettingError> {
    open::passwords(settings)
}

/// Returns the folder of signing keys in the data folder, with the key that encrypts its files.
///
/// # Errors
/// Returns why the key that encrypts the files cannot be read.
pub fn key_folder(settings: &Settings) -> Result<KeyFolder, StartError> {
    open::key_folder(settings)
}

fn below(path: &Path, folder: &Path) -> bool {
    let absolute = |path| std::path::absolute(path).unwrap_or_default();
    absolute(path).starts_with(absolute(folder))
}
