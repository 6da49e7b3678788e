//! The stages between are nobody's business.

use glowband_core::verify::HeaderAccepted;

fn main() {}
