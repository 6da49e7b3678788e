//! SQLite: the embedded default. One file, any number of processes on one machine.

mod audit_log;
mod change;
mod database;
mod key_binding;
mod known_addresses;
mod live_logins;
mod opaque_tokens;
mod personal_tokens;
mod rotator;
mod sessions;
mod storage;
mod users;

pub use change::SqliteChange;
pub use database::SqliteDatabase;
pub use sessions::SqliteStore;
pub use storage::SqliteStorage;

#[cfg(test)]
mod tests;
