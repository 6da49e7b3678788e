//! A payload becomes a `SignatureProven` through a signature only.

use glowband_core::{Header, SignatureProven};

fn proven<'r>(header: Header<'r>, payload: &'r [u8]) -> SignatureProven<'r> {
    SignatureProven { header, payload } //~ E0451
}

fn main() {}
