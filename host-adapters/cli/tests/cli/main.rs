//! The `glowband` binary as its users meet it: arguments, standard streams, files, exit codes.

// A failure anywhere here is the failure of a test.
#![allow(clippy::unwrap_used)]

mod accounts;
mod batch;
mod door;
mod inspect;
mod key_address;
mod key_folder;
mod keys;
mod limits;
mod padding;
mod program;
mod readme;
#[cfg(unix)]
mod serve;
mod sign;
mod stream;
mod tenants;
mod usage;
mod verify;
