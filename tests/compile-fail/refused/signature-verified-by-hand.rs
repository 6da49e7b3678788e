//! A payload becomes a `SignatureVerified` only by its own signature, not by that of another payload.

use glowband_core::SignatureVerified;

fn forged<'r>(token: SignatureVerified<'r>, payload: &'r [u8]) -> SignatureVerified<'r> {
    SignatureVerified { payload, ..token } //~ E0451
}

fn main() {}
