#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[allow(missing_docs, reason = "the names of columns and methods say it")]
mod accounts;
pub mod admin;
mod api;
mod attempts;
#[allow(missing_docs, reason = "the names of columns and methods say it")]
mod audit;
pub mod config;
mod database;
mod file_error;
mod known_addresses;
mod live_login;
mod opaque_tokens;
#[allow(missing_docs, reason = "the names of columns and methods say it")]
mod passwords;
#[allow(missing_docs, reason = "the names of columns and methods say it")]
mod personal_tokens;
mod refresh_secrets;
mod serve;
mod start_error;

pub use config::Settings;
pub use file_error::FileError;
pub use serve::client::Peer;
pub use serve::server::{Background, Server, UnknownRefreshSecret};
pub use start_error::StartError;
