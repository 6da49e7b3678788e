//! A function that asks for one algorithm's key gets no other.

use glowband_core::{Es256Key, Hs256Key, Key};

fn shared(_: &Hs256Key) {}

fn public(_: &Es256Key) {}

fn confused(hs256: &Hs256Key, es256: &Es256Key, either: &Key) {
    shared(es256); //~ E0308
    public(hs256); //~ E0308
    shared(either); //~ E0308
}

fn main() {
    let _ = confused;
}
