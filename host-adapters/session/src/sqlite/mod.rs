//! SQLite: the embedded default. One file, any number of processes on one machine.

mod database;
mod row;
mod store;

pub use database::SqliteDatabase;
pub use store::SqliteStore;
