#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod accounts;
mod api;
mod attempts;
mod audit;
mod civil_date;
pub mod cli;
mod config;
mod connections;
mod database;
mod duration;
mod forward_auth;
mod json_text;
mod key_binding;
mod known_addresses;
mod live_login;
mod opaque_tokens;
mod passwords;
mod personal_tokens;
mod policy_settings;
mod serve;
mod signals;
mod start_error;

/// The examples of the project's own README compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
