//! Real servers on real sockets, one row after another asked of each.

// A failure anywhere here is the failure of a test.
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
