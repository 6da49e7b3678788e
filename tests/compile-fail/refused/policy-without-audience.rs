//! A policy needs an issuer and an audience.

use glowband_core::Policy;

fn main() {
    let policy = Policy::issuer("https://id.example");
    let _ = policy.leeway(30); //~ E0599
}
