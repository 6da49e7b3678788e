//! A genuine signature is not enough to read claims: nobody has looked at the dates.

use glowband_core::{SignatureProven, Text};

fn subject<'r>(proven: &SignatureProven<'r>) -> Option<Text<'r>> {
    proven.subject() //~ E0599
}

fn main() {}
