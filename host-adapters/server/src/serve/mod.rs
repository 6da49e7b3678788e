//! The server: opened from its settings, its routes put together, kept up in the background.

mod background;
mod check;
pub(crate) mod client;
mod data_folder;
mod introduction;
mod key_faults;
mod limits;
pub(crate) mod metrics;
mod observe;
mod open;
mod operators;
mod refresh_secret;
mod request_id;
mod routes;
pub(crate) mod server;
pub(crate) mod state;

pub(crate) use data_folder::prepare as prepare_data_folder;
pub(crate) use open::{database as open_database, key_folder, passwords};

use glowband_core::UnixSeconds;
use std::time::SystemTime;

/// The time that tokens and keys are dated by: the wall clock, as verifiers have one. Sessions go by their store's clock.
pub(crate) fn wall_clock() -> UnixSeconds {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixSeconds(since.map_or(0, |since| since.as_secs()))
}
