#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod answer;
pub mod capacity;
mod controller;
mod denial;
mod deny_list;
mod door;
mod lock;
#[cfg(feature = "defmt")]
mod log;
mod nonce;
mod parts;
#[cfg(feature = "es256")]
mod prepared;
mod ram_flash;
mod record;
mod ring;
mod slots;
mod store;
mod timekeeping;

pub use controller::{DENY_LIST, KEY_UPDATE, OWNER, PROVISION, TIME};
pub use denial::{Denial, DoorRefusal};
pub use door::{ASK_NONCE, ASK_PROVISION, ASK_STATUS, Door, Memory, SILENCE};
pub use nonce::{Entropy, NONCE_LIFE};
pub use parts::{Board, Parts, Watchdog};
pub use ram_flash::{PAGE, RamFlash, RamFlashError, WORD};
pub use timekeeping::{DoorClock, Uptime};
