//! What a policy expects is decided by its constructor and its methods, not by a field.

use glowband_core::Policy;

fn main() {
    let mut policy = Policy::issuer("https://id.example").audience("door-42");
    policy.expiry_required = false; //~ E0616
}
