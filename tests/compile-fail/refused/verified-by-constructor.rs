//! There is no constructor, no default and no conversion either.

use glowband_core::{Claims, Verified};

fn from_claims(claims: Claims<'_>) -> Verified<'_> {
    claims.into()
}

fn by_default() -> Verified<'static> {
    Verified::default()
}

fn new(payload: &[u8]) -> Verified<'_> {
    Verified::new(payload)
}

fn main() {}
