//! A payload becomes a `SignatureProven` through a signature only, not through that of another one.

use glowband_core::SignatureProven;

fn proven<'r>(proven: SignatureProven<'r>, payload: &'r [u8]) -> SignatureProven<'r> {
    SignatureProven { payload, ..proven } //~ E0451
}

fn main() {}
