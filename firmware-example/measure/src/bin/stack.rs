//! How deep the stack is on every path, by paint.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use door_measure::{painted_stack, paths};

#[inline(never)]
fn hs256() {
    if let Some(key) = paths::secret() {
        paths::hs256(&key, paths::HS256);
    }
}

#[cfg(feature = "es256")]
mod prepared {
    use core::cell::RefCell;
    use critical_section::Mutex;
    use door_measure::paths::{ES256, Tables, es256};

    static TABLES: Mutex<RefCell<Tables>> = Mutex::new(RefCell::new(Tables::new()));

    #[inline(never)]
    pub(crate) fn generator() {
        critical_section::with(|section| TABLES.borrow_ref_mut(section).prepare_generator());
    }

    #[inline(never)]
    pub(crate) fn prepare() {
        critical_section::with(|section| TABLES.borrow_ref_mut(section).prepare());
    }

    #[inline(never)]
    pub(crate) fn verify() {
        critical_section::with(|section| {
            if let Some(key) = TABLES.borrow_ref(section).key() {
                es256(&key, ES256);
            }
        });
    }
}

#[entry]
fn main() -> ! {
    hprintln!("stack hs256 token {}", painted_stack::used_by(hs256));
    #[cfg(feature = "es256")]
    {
        prepared::generator();
        hprintln!("stack es256 prepare {}", painted_stack::used_by(prepared::prepare));
        hprintln!("stack es256 token {}", painted_stack::used_by(prepared::verify));
    }
    debug::exit(debug::EXIT_SUCCESS);
    loop {
        cortex_m::asm::wfi();
    }
}
