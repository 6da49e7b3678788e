//! Whoever runs commands on the accounts of a server: the database that they work on, and what the audit log calls them.

use super::{Outcome, Stop, complain, note};
use crate::accounts::{Accounts, Email, User, UserId};
use crate::audit::{Audit, Entry, Event};
use crate::config::{DatabaseFlags, DatabaseUrl, Flags, Loaded, Settings};
use crate::personal_tokens::PersonalTokens;
use crate::serve;
use glowband_session::{SessionStore, StoreError};
use glowband_storage::Storage;
use std::path::Path;
use std::sync::Arc;

/// An open database, without the secrets of the server.
pub(super) struct Operator {
    pub(super) settings: Settings,
    pub(super) accounts: Accounts,
    pub(super) tokens: PersonalTokens,
    pub(super) sessions: Arc<dyn SessionStore>,
    pub(super) audit: Audit,
    storage: Storage,
    agent: String,
}

/// Whether a database that is not there is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// There is nobody in it yet.
    Made,
    /// There is nothing to be found in it.
    Refused,
}

/// Opens the database that the settings name, works on it, and closes it.
pub(super) fn work<T>(
    flags: &DatabaseFlags,
    command: &str,
    missing: Missing,
    work: impl AsyncFnOnce(&Operator) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let settings = settings(&flags.0)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stop::Usage(error.to_string()))?;
    runtime.block_on(async {
        let operator = Operator::open(settings, command, missing).await?;
        let worked = work(&operator).await;
        operator.storage.close().await;
        worked
    })
}

/// The settings of the server, for a command beside it.
pub(super) fn settings(flags: &Flags) -> Result<Settings, Stop> {
    let Loaded { settings, remarks, .. } = Loaded::read(flags).map_err(Stop::Usage)?;
    for remark in remarks.iter().filter(|remark| remark.starts_with("settings are read from")) {
        note(remark);
    }
    Ok(settings)
}

fn below(path: &Path, folder: &Path) -> bool {
    let absolute = |path| std::path::absolute(path).unwrap_or_default();
    absolute(path).starts_with(absolute(folder))
}

impl Operator {
    async fn open(settings: Settings, command: &str, missing: Missing) -> Result<Self, Stop> {
        let mut made = None;
        if let DatabaseUrl::Sqlite(path) = &settings.database
            && !path.exists()
        {
            if missing == Missing::Refused {
                let text =
                    format!("{}: there is no such file; glowband serve and glowband users add make it", path.display());
                return Err(Stop::Usage(text));
            }
            // A file elsewhere needs no data folder.
            if below(path, &settings.data) {
                serve::prepare_data_folder(&settings.data).map_err(Stop::Usage)?;
            }
            made = Some(format!("{} was made: there was no database here", settings.database));
        }
        let storage = serve::open_database(&settings).await.map_err(|error| Stop::Usage(error.to_string()))?;
        // Whoever stands in another folder than the server would not find out.
        made.iter().for_each(|line| note(line));
        Ok(Self {
            accounts: Accounts::new(storage.clone()),
            tokens: PersonalTokens::new(storage.clone()),
            sessions: storage.sessions(),
            audit: Audit::new(storage.clone()),
            storage,
            settings,
            agent: format!("glowband {command}{}", account()),
        })
    }

    /// The user with this address or id; `None` if there is none, which has been said then.
    pub(super) async fn user(&self, who: &Who) -> Result<Option<User>, Stop> {
        let found = match who {
            Who::Id(id) => self.accounts.find(id).await,
            Who::Email(email) => {
                self.accounts.find_by_email(email).await.map(|found| found.map(|credentials| credentials.user))
            }
        };
        let found = found.map_err(|error| self.failed(&error))?;
        if found.is_none() {
            complain("refused", &format!("{who}: there is no such user"));
        }
        Ok(found)
    }

    /// Something that was done, for the audit log.
    pub(super) fn entry(&self, event: Event) -> Entry {
        Entry::by_operator(event, &self.agent)
    }

    /// Writes it down. What was done is done, and the command says that it could not be written.
    pub(super) async fn record(&self, entry: Entry) -> Result<(), Stop> {
        self.audit.record(entry).await.map_err(|error| {
            Stop::Usage(format!(
                "{}: this was done, but the audit log could not be written: {error}",
                self.settings.database
            ))
        })
    }

    /// The database gave no answer.
    pub(super) fn failed(&self, error: &StoreError) -> Stop {
        Stop::Usage(format!("{}: {error}", self.settings.database))
    }

    /// Ends all sessions of a user. Answers how many.
    pub(super) async fn end_sessions(&self, user: &User) -> Result<usize, Stop> {
        self.end_sessions_of(&user.id).await
    }

    /// The same for a user who may be gone.
    pub(super) async fn end_sessions_of(&self, user_id: &str) -> Result<usize, Stop> {
        let ended = self.sessions.end_all(user_id, None).await.map_err(|error| {
            Stop::Usage(format!(
                "{}: the user's logins could not be ended, give the command again: {error}",
                self.settings.database
            ))
        })?;
        Ok(ended.len())
    }
}

/// Nobody, or nothing, of that name.
pub(super) const NOT_FOUND: Outcome = Outcome::Refused;

/// `2 logins`.
pub(super) fn logins(count: usize) -> String {
    if count == 1 { "1 login".to_owned() } else { format!("{count} logins") }
}

#[cfg(unix)]
fn account() -> String {
    format!(", uid {}", rustix::process::getuid().as_raw())
}

#[cfg(not(unix))]
fn account() -> String {
    String::new()
}

/// A user, by what people know or what tokens say.
#[derive(Clone, Debug)]
pub(super) enum Who {
    Email(Email),
    Id(UserId),
}

/// Reads an address or an id.
pub(super) fn who(text: &str) -> Result<Who, String> {
    if text.contains('@') {
        return Email::parse(text).map(Who::Email).map_err(|error| error.to_string());
    }
    text.parse().map(Who::Id).map_err(|_| "allowed are an e-mail address or a user id of 22 characters".to_owned())
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Email(email) => email.fmt(f),
            Self::Id(id) => id.fmt(f),
        }
    }
}
