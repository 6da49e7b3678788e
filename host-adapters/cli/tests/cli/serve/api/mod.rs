//! The HTTP API of a running server.

mod bodies;
mod client;
mod cycle;
mod documents;
mod known;
mod logins;
#[cfg(target_os = "linux")]
mod memory;
mod modes;
mod outage;
mod personal;
mod rotation;
mod services;
mod standards;
