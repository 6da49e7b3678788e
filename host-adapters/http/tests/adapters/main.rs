//! Real servers on real sockets. Each runs the same common cases.

// This is a test crate: a panic is a failed test.
#![allow(clippy::unwrap_used)]

mod actix_server;
mod axum_server;
mod forward_auth;
mod hyper_server;
mod rows;
mod tokens;
mod tonic_server;
mod traces;
mod waiting;
mod wire;
