//! There is no constructor, no default and no conversion either.

use glowband_core::{Claims, Verified};

fn from_claims(claims: Claims<'_>) -> Verified<'_> {
    claims.into() //~ E0277
}

fn by_default() -> Verified<'static> {
    Verified::default() //~ E0599
}

fn new(payload: &[u8]) -> Verified<'_> {
    Verified::new(payload) //~ E0599
}

fn main() {}
