//! The stages between are private: a caller cannot skip one.

use glowband_core::verify::HeaderAccepted; //~ E0603

fn main() {}
