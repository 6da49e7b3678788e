//! The variant of a key is the algorithm of what is in it.

use glowband_core::{Es256Key, Key};

fn relabelled(public: Es256Key) -> Key {
    Key::Hs256(public) //~ E0308
}

fn main() {}
