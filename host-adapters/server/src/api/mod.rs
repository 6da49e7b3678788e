//! The HTTP API of `glowband serve`.
#![allow(dead_code)]

mod caller;
mod client_mode;
mod cors;
mod docs_page;
mod fields;
mod json_body;
mod oauth;
mod pairs;
pub(crate) mod problem;
mod refresh_cookie;
#[cfg(test)]
mod tests;
