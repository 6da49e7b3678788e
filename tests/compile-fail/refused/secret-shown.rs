//! A secret goes in and never comes out.

use glowband_core::Hs256Key;

fn shown(key: &Hs256Key) {
    let _ = key.keyed;
    let _ = key.secret();
    let _ = key.as_bytes();
    let _: &[u8] = key.as_ref();
    println!("{key}");
    let _ = key == key;
}

fn main() {
    let _ = shown;
}
