//! SQLite: the embedded default. One file, any number of processes on one machine.

mod change;
mod database;
mod rotator;
mod row;
mod store;

pub use change::SqliteChange;
pub use database::SqliteDatabase;
pub use store::SqliteStore;

#[cfg(test)]
mod tests;
