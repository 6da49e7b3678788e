//! Runs the `glowband` binary: arguments, standard streams, files and exit codes.

// A panic here fails the test.
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
