//! A secret goes in and never comes out.

use glowband_core::Hs256Key;

fn shown(key: &Hs256Key) {
    let _ = key.keyed; //~ E0616
    let _ = key.secret(); //~ E0599
    let _ = key.as_bytes(); //~ E0599
    let _: &[u8] = key.as_ref(); //~ E0599
    println!("{key}"); //~ E0277
    let _ = key == key; //~ E0369
}

fn main() {
    let _ = shown;
}
