#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[allow(dead_code, unused_imports)] // The routes come after it.
mod accounts;
mod api;
#[allow(dead_code, unused_imports)] // The routes come after it.
mod attempts;
#[allow(dead_code, unused_imports)] // The routes come after it.
mod audit;
mod civil_date;
pub mod cli;
#[allow(dead_code)]
mod config;
mod connections;
#[allow(dead_code, unused_imports)] // The routes come after it.
mod database;
mod duration;
mod forward_auth;
mod json_text;
#[allow(dead_code, unused_imports)] // The routes come after it.
mod opaque_tokens;
#[allow(dead_code, unused_imports)] // The routes come after it.
mod passwords;
#[allow(dead_code, unused_imports)] // The routes come after it.
mod personal_tokens;
#[allow(dead_code)]
mod refresh_secrets;
mod serve;
mod signals;

/// The examples of the project's own README compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
