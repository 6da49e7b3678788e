//! Only the verifier makes a `Verified`. A caller cannot make one, not even out of another one.

use glowband_core::{Claims, Verified};

fn trusted<'r>(verified: Verified<'r>, claims: Claims<'r>) -> Verified<'r> {
    Verified { claims, ..verified } //~ E0451
}

fn main() {}
