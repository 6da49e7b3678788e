//! `glowband users`, `sessions` and `audit`, on a SQLite file and on a private PostgreSQL.

mod audit;
pub(crate) mod place;
mod prompt;
mod sessions;
mod users;
