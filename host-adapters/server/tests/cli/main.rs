//! The `glowband` binary as its users meet it: arguments, standard streams, files, exit codes.

mod batch;
mod inspect;
mod keys;
mod program;
mod sign;
mod stream;
mod usage;
mod verify;
