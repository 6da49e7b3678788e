//! glowband-core
