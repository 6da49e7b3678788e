//! Nobody but the verifier makes a `Verified`, out of another one neither.

use glowband_core::{Claims, Verified};

fn trusted<'r>(verified: Verified<'r>, claims: Claims<'r>) -> Verified<'r> {
    Verified { claims, ..verified } //~ E0451
}

fn main() {}
