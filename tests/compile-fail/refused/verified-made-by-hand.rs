//! Nobody but the verifier makes a `Verified`.

use glowband_core::{Claims, SignatureProven, Verified};

fn trusted<'r>(proven: SignatureProven<'r>, claims: Claims<'r>) -> Verified<'r> {
    Verified { proven, claims, leeway: 0, judged_at: None } //~ E0451
}

fn main() {}
