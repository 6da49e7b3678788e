//! A public key is no secret.

use glowband_core::{Es256Key, Hs256Key};

fn secret(public: Es256Key) -> Hs256Key {
    public.into() //~ E0277
}

fn bytes(public: &Es256Key) -> Hs256Key {
    Hs256Key::new(public).unwrap() //~ E0308
}

fn main() {}
