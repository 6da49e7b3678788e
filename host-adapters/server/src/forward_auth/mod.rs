//! `glowband forward-auth`: a reverse proxy asks, for each request, whether its token is good.

mod checked;
mod issuer_settings;
mod key_file;
mod key_origin;
mod metrics;
mod raw;
mod reload;
mod remote_keys;
mod serve;
mod watch;

pub(crate) use checked::Gate;
pub(crate) use serve::serve;
