//! The door on a board that is played by the host: every line in, every line out, the pin, the flash.

mod flash;
mod lines;
mod opening;
mod owner;
mod power;
mod signer;
mod stage;
