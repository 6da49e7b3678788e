//! An image that does nothing: what the runtime alone takes.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
// For its panic handler.
use door_measure as _;

#[entry]
fn main() -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}
