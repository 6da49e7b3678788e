//! A policy that expects nothing has a name that is seen in a review. There is no `default`.

use glowband_core::Policy;

fn main() {
    let _ = Policy::default(); //~ E0599
    let _ = Policy::new(); //~ E0599
}
