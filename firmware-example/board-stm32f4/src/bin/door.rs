//! The door on its board.

#![no_std]
#![no_main]

use cortex_m::peripheral::SCB;
use cortex_m_rt::entry;
use door::{Door, Memory};
use static_cell::ConstStaticCell;

static MEMORY: ConstStaticCell<Memory> = ConstStaticCell::new(Memory::new());

#[entry]
fn main() -> ! {
    let Some(parts) = door_board_stm32f4::parts() else { SCB::sys_reset() };
    Door::start(parts, MEMORY.take()).run()
}
