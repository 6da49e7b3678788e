//! PostgreSQL: several servers on one database.

mod address;
mod database;
mod row;
mod store;

pub use database::PostgresDatabase;
pub use store::PostgresStore;
