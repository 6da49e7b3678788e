//! `glowband serve`: logins over HTTP.

pub(crate) mod client;
pub(crate) mod state;
