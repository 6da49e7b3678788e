//! `glowband forward-auth`: the gate, which tells a reverse proxy for each request whether its token is valid.

mod command;
mod gate;
mod issuer_settings;
mod key_file;
mod key_origin;
mod metrics;
mod remote_keys;
mod serve;

pub(crate) use command::{Arguments, run};
