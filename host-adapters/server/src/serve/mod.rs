//! `glowband serve`: logins over HTTP.

mod background;
mod check;
pub(crate) mod client;
mod data_folder;
mod introduction;
mod key_faults;
mod limits;
mod log;
pub(crate) mod metrics;
mod observe;
mod open;
mod operators;
mod refresh_secret;
mod request_id;
mod routes;
mod run;
pub(crate) mod state;

pub(crate) use check::check;
pub(crate) use data_folder::prepare as prepare_data_folder;
pub(crate) use introduction::NewSecret;
pub(crate) use open::{key_folder, open_database, passwords};
pub(crate) use run::run;

use glowband_core::UnixSeconds;
use std::time::SystemTime;

/// The time that tokens and keys are dated by: the wall clock, as verifiers have one. Sessions go by their store's clock.
pub(crate) fn wall_clock() -> UnixSeconds {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixSeconds(since.map_or(0, |since| since.as_secs()))
}
