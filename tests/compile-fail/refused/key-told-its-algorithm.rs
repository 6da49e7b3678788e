//! A key's algorithm is fixed when it is made; nothing sets it afterwards.

use glowband_core::{Algorithm, Es256Key};

fn retold(mut key: Es256Key) -> Es256Key {
    key.algorithm = Algorithm::Hs256; //~ E0609
    key.set_algorithm(Algorithm::Hs256); //~ E0599
    key
}

fn main() {}
