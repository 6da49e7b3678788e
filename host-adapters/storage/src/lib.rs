#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// The traits alone use nothing of what both databases share.
#![cfg_attr(not(any(feature = "postgres", feature = "sqlite")), allow(dead_code, unused_imports, unused_macros))]

mod audit_log;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod database_error;
mod key_binding;
mod known_addresses;
mod live_logins;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub mod migrations;
mod opaque_tokens;
mod personal_tokens;
#[cfg(feature = "postgres")]
mod postgres;
mod session_sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod storage;
mod users;
mod values;

pub use audit_log::{AuditEventRow, AuditFilter, AuditLog, NewAuditEvent};
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use database_error::store_error;
pub use key_binding::{BindingRule, KeyBinding};
pub use known_addresses::KnownAddresses;
pub use live_logins::{Act, Ends, LiveFuture, LiveLogin, LiveLogins, Look, NotLive};
pub use opaque_tokens::{NewOpaqueToken, OpaqueTokenRow, OpaqueTokens};
pub use personal_tokens::{FoundPersonalToken, NewPersonalToken, PersonalTokenRow, PersonalTokens};
#[cfg(feature = "postgres")]
pub use postgres::{
    PooledConnection, PostgresChange, PostgresDatabase, PostgresPool, PostgresStorage, PostgresStore,
    PostgresTransaction,
};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteChange, SqliteDatabase, SqliteStorage, SqliteStore};
pub use storage::{PoolSize, Storage, Tables};
pub use users::{NewUser, UserPosition, UserRow, UserWithPassword, Users};
