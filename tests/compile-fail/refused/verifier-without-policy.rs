//! Without a policy there is no verifier of claims.

use glowband_core::{Hs256Key, Verifier};

fn careless(key: &Hs256Key) {
    let _ = Verifier::new(key); //~ E0061
}

fn main() {}
