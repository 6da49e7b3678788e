//! `glowband serve`: logins over HTTP.

pub(crate) mod client;
mod limits;
mod log;
pub(crate) mod metrics;
mod observe;
mod refresh_secret;
mod request_id;
pub(crate) mod state;
