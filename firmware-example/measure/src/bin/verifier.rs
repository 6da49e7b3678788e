//! An image that verifies one token: what a verifier adds to an empty one, and that no panic is reachable in it.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use door_measure::paths;
#[cfg(feature = "es256")]
use static_cell::ConstStaticCell;

#[cfg(feature = "es256")]
static TABLES: ConstStaticCell<paths::Tables> = ConstStaticCell::new(paths::Tables::new());

#[entry]
fn main() -> ! {
    #[cfg(feature = "control")]
    assert!(core::hint::black_box(true));
    // Of some length and content: a token does not come with the image.
    let token = core::hint::black_box([0; 256]);
    if let Some(key) = paths::secret() {
        paths::hs256(&key, &token);
    }
    #[cfg(feature = "es256")]
    if let Some(tables) = TABLES.try_take() {
        tables.prepare_generator();
        tables.prepare();
        if let Some(key) = tables.key() {
            paths::es256(&key, &token);
        }
    }
    loop {
        cortex_m::asm::wfi();
    }
}
