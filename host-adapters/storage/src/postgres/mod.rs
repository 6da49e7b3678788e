//! PostgreSQL: several servers on one database.

mod address;
mod audit_log;
mod change;
mod circuit;
mod database;
mod executor;
mod key_binding;
mod known_addresses;
mod lease;
mod live_logins;
mod opaque_tokens;
mod personal_tokens;
mod pool;
mod sessions;
mod storage;
mod users;

pub use change::PostgresChange;
pub use database::PostgresDatabase;
pub use lease::{PooledConnection, PostgresTransaction};
pub use pool::PostgresPool;
pub use sessions::PostgresStore;
pub use storage::PostgresStorage;
