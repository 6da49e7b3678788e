//! `glowband forward-auth`: a reverse proxy asks, for each request, whether its token is good.

#[cfg(feature = "forward-auth")]
mod checked;
#[cfg(feature = "forward-auth")]
mod command;
#[cfg(feature = "forward-auth")]
mod issuer_settings;
#[cfg(feature = "forward-auth")]
mod key_file;
#[cfg(feature = "forward-auth")]
mod key_origin;
#[cfg(feature = "forward-auth")]
mod metrics;
#[allow(missing_docs, reason = "the names of a policy file are documented in the README")]
pub mod raw;
#[cfg(feature = "forward-auth")]
mod remote_keys;
#[cfg(feature = "forward-auth")]
mod serve;

#[cfg(feature = "forward-auth")]
pub(crate) use command::{Arguments, run};
