#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod api;
mod civil_date;
pub mod cli;
#[allow(dead_code)]
mod config;
mod connections;
mod duration;
mod forward_auth;
mod json_text;
#[allow(dead_code)]
mod serve;
mod signals;

/// The examples of the project's own README compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
