#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[cfg(not(unix))]
compile_error!("glowband-server needs a Unix system: it checks the modes of the files with its secrets");

#[allow(missing_docs, reason = "the names of columns and methods say it")]
mod accounts;
pub mod admin;
mod api;
mod attempts;
#[allow(missing_docs, reason = "the names of columns and methods say it")]
mod audit;
mod background;
mod client;
pub mod config;
mod database;
mod file_error;
mod key_binding;
mod key_report;
mod known_addresses;
mod live_login;
mod metrics;
mod opaque_tokens;
mod open;
#[allow(missing_docs, reason = "the names of columns and methods say it")]
mod passwords;
#[allow(missing_docs, reason = "the names of columns and methods say it")]
mod personal_tokens;
mod router;
mod server;
mod start_error;
mod state;

pub use client::Peer;
pub use config::Settings;
pub use file_error::FileError;
pub use open::UnknownRefreshSecret;
pub use server::{Background, Server};
pub use start_error::StartError;
