//! `glowband forward-auth`: a reverse proxy asks, for each request, whether its token is good.

mod checked;
mod key_file;
mod metrics;
mod raw;
mod reload;
mod remote_keys;
mod serve;
mod watch;

pub(crate) use checked::Gate;
pub(crate) use serve::serve;
