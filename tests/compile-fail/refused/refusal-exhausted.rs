//! New refusals can come: a `match` has a last arm for those it does not know.

use glowband_core::Class;

fn status(class: Class) -> u16 {
    match class { //~ E0004
        Class::Form | Class::Header | Class::Setup => 400,
        Class::Key | Class::Signature | Class::Payload | Class::Claim | Class::Time | Class::Replay => 401,
    }
}

fn main() {
    let _ = status;
}
