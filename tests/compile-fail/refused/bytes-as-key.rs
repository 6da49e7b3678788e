//! Bytes are not a key: the constructor says of which type it is.

use glowband_core::{Policy, Verifier};

fn guess<'v>(bytes: &'v [u8], policy: &'v Policy<'v>, token: &[u8], room: &mut [u8]) -> bool {
    Verifier::new(bytes, policy).verify(token, None, room).is_ok()
}

fn main() {}
