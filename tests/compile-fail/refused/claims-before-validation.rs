//! A verified signature is not enough to read claims: the dates are not checked yet.

use glowband_core::{SignatureVerified, Text};

fn subject<'r>(token: &SignatureVerified<'r>) -> Option<Text<'r>> {
    token.subject() //~ E0599
}

fn main() {}
