//! The API on the wire.

mod bodies;
mod client;
mod cycle;
mod documents;
mod logins;
mod modes;
mod personal;
mod rotation;
mod services;
mod standards;
