//! A header is read, never made: its algorithm is one that a key was checked against.

use glowband_core::{Algorithm, Header};

fn retold(header: Header<'_>) -> Header<'_> {
    Header { algorithm: Algorithm::Hs256, ..header } //~ E0451
}

fn main() {}
