//! The contract of stores over all that we have, and what each promises beyond it.

// A failure anywhere here is the failure of a test.
#![allow(clippy::unwrap_used)]

mod memory;
mod postgres;
mod sqlite;
