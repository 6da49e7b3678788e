//! PostgreSQL: several servers on one database.

mod address;
mod change;
mod circuit;
mod database;
mod executor;
mod lease;
mod pool;
mod row;
mod store;

pub use change::PostgresChange;
pub use database::PostgresDatabase;
pub use lease::{PooledConnection, PostgresTransaction};
pub use pool::PostgresPool;
pub use store::PostgresStore;
