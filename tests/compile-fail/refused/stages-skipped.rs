//! The stages between are nobody's business.

use glowband_core::verify::HeaderAccepted; //~ E0603

fn main() {}
