//! Bytes are not a key: the constructor says of which type it is.

use glowband_core::{Policy, Verifier};

fn guess<'v>(bytes: &'v [u8], policy: &'v Policy<'v>) {
    let _ = Verifier::new(bytes, policy); //~ E0277
}

fn main() {}
