//! A header is read, never made: its algorithm is one that a key was checked against.

use glowband_core::{Algorithm, Header};

fn header() -> Header<'static> {
    Header { algorithm: Algorithm::Hs256, key_id: None, token_type: None }
}

fn main() {}
