//! Every path once, between the markers that the plugin counts between. Says first which path is next.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use door_measure::{markers, paths};
#[cfg(feature = "es256")]
use static_cell::ConstStaticCell;

#[cfg(feature = "es256")]
static TABLES: ConstStaticCell<paths::Tables> = ConstStaticCell::new(paths::Tables::new());

fn counted(name: &str, path: impl FnOnce() -> bool) {
    hprintln!("path {}", name);
    markers::start();
    let good = path();
    markers::stop();
    if !good {
        hprintln!("{} was refused", name);
        debug::exit(debug::EXIT_FAILURE);
    }
}

#[entry]
fn main() -> ! {
    counted("nothing", || true);
    if let Some(key) = paths::secret() {
        counted("hs256 signature", || paths::hs256_signature(&key, paths::HS256));
        counted("hs256 token", || paths::hs256(&key, paths::HS256));
    }
    #[cfg(feature = "es256")]
    if let Some(tables) = TABLES.try_take() {
        tables.prepare_generator();
        counted("es256 prepare", || {
            tables.prepare();
            true
        });
        if let Some(key) = tables.key() {
            counted("es256 signature", || paths::es256_signature(&key, paths::ES256));
            counted("es256 token", || paths::es256(&key, paths::ES256));
        }
    }
    debug::exit(debug::EXIT_SUCCESS);
    loop {
        cortex_m::asm::wfi();
    }
}
