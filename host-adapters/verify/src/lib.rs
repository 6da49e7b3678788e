//! glowband-verify
