//! PostgreSQL: several servers on one database.

mod address;
mod change;
mod database;
mod row;
mod store;

pub use change::PostgresChange;
pub use database::PostgresDatabase;
pub use store::PostgresStore;
