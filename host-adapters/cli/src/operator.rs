//! Opens the database of a server for the commands about users, sessions and the audit log, and records what they change.

use super::flags::{DatabaseFlags, Flags};
use super::{Outcome, Stop, note, print_message};
use glowband_server::Settings;
use glowband_server::admin::{Admin, Email, Entry, Event, MissingDatabase, User, UserId};
use glowband_session::StoreError;
use std::ops::Deref;
use std::time::SystemTime;

/// An open database, and how the audit log names the person who runs the command. It has no secrets of the server.
pub(super) struct Operator {
    pub(super) settings: Settings,
    admin: Admin,
    agent: String,
}

impl Deref for Operator {
    type Target = Admin;

    fn deref(&self) -> &Admin {
        &self.admin
    }
}

/// Opens the database that the settings name, runs `work`, and closes the database.
pub(super) fn with_database<T>(
    flags: &DatabaseFlags,
    command: &str,
    missing: MissingDatabase,
    work: impl AsyncFnOnce(&Operator) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let settings = settings(&flags.0)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stop::Usage(error.to_string()))?;
    runtime.block_on(async {
        let operator = Operator::open(settings, command, missing).await?;
        let result = work(&operator).await;
        operator.admin.close().await;
        result
    })
}

/// Loads the settings of the server for a command that works on its data.
pub(super) fn settings(flags: &Flags) -> Result<Settings, Stop> {
    let loaded = flags.load().map_err(|errors| Stop::Usage(errors.to_string()))?;
    for remark in loaded.remarks.iter().filter(|remark| remark.starts_with("settings are read from")) {
        note(remark);
    }
    Ok(loaded.settings)
}

/// Returns the seconds since 1970 by the wall clock.
pub(super) fn wall_clock() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Operator {
    async fn open(settings: Settings, command: &str, missing: MissingDatabase) -> Result<Self, Stop> {
        let admin = Admin::open(&settings, missing).await.map_err(|error| Stop::Usage(error.to_string()))?;
        // The command may run in another folder than the server and create a second database by mistake.
        if admin.created() {
            note(&format!("created a new database: {}", admin.database_name()));
        }
        Ok(Self { admin, settings, agent: format!("glowband {command}{}", account()) })
    }

    /// Returns the user with this address or id. If there is no such user, prints that and returns `None`.
    pub(super) async fn user(&self, user: &UserRef) -> Result<Option<User>, Stop> {
        let found = match user {
            UserRef::Id(id) => self.admin.accounts.find(id).await,
            UserRef::Email(email) => {
                self.admin.accounts.find_by_email(email).await.map(|found| found.map(|credentials| credentials.user))
            }
        };
        let found = found.map_err(|error| self.failed(&error))?;
        if found.is_none() {
            print_message("refused", &format!("{user}: there is no such user"));
        }
        Ok(found)
    }

    /// Returns an entry for the audit log about something that this command does.
    pub(super) fn entry(&self, event: Event) -> Entry {
        Entry::by_operator(event, &self.agent)
    }

    /// Writes an entry to the audit log. The change was already made; the error says so.
    pub(super) async fn record(&self, entry: Entry) -> Result<(), Stop> {
        self.admin.audit.record(entry).await.map_err(|error| {
            Stop::Usage(format!(
                "{}: the change was made, but the audit log could not be written: {error}",
                self.database_name()
            ))
        })
    }

    /// Returns the error of a failed database query.
    pub(super) fn failed(&self, error: &StoreError) -> Stop {
        Stop::Usage(format!("{}: {error}", self.database_name()))
    }

    /// Ends all sessions of a user. Returns how many.
    pub(super) async fn end_sessions(&self, user: &User) -> Result<usize, Stop> {
        self.end_sessions_of(&user.id).await
    }

    /// Ends all sessions of a user id, whose user may be deleted. Returns how many.
    pub(super) async fn end_sessions_of(&self, user_id: &str) -> Result<usize, Stop> {
        let ended = self.admin.sessions.end_all(user_id, None).await.map_err(|error| {
            Stop::Usage(format!(
                "{}: the user's logins could not be ended; run the command again: {error}",
                self.database_name()
            ))
        })?;
        Ok(ended.len())
    }
}

/// The outcome if the named user does not exist.
pub(super) const NOT_FOUND: Outcome = Outcome::Refused;

/// Returns `1 login`, `2 logins` and so on.
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

/// A user as named on the command line: by e-mail address or by id.
#[derive(Clone, Debug)]
pub(super) enum UserRef {
    Email(Email),
    Id(UserId),
}

/// Parses an e-mail address or a user id.
pub(super) fn user_ref(text: &str) -> Result<UserRef, String> {
    if text.contains('@') {
        return Email::parse(text).map(UserRef::Email).map_err(|error| error.to_string());
    }
    text.parse().map(UserRef::Id).map_err(|_| "allowed: an e-mail address or a user id of 22 characters".to_owned())
}

impl std::fmt::Display for UserRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Email(email) => email.fmt(f),
            Self::Id(id) => id.fmt(f),
        }
    }
}
