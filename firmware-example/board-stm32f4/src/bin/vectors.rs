//! Verdicts over the serial line, for vectors: keys and policies are told, nothing opens.
//!
//! One order per line, a letter and a word: a number, or hexadecimal digits. `K`, `S` and `T` (a key, a JWS, a JWT) take
//! their word as it is, `k`, `s` and `t` in digits; they are answered with the refusal's number, 0 for none. `P` and `p`
//! tell a token's front ahead, and `Q COUNT LENGTH` repeats the end of that.

#![no_std]
#![no_main]

use cortex_m::peripheral::SCB;
use cortex_m_rt::entry;
use door_board_stm32f4::told::{Case, Word};
use embedded_io::{Read, ReadReady, Write};
use glowband_core::{Frame, LineFramer};
use static_cell::ConstStaticCell;

/// Twice the longest token of the vectors that is sent here, and its letter.
const LINE: usize = 34_000;

static LINE_BUFFER: ConstStaticCell<[u8; LINE]> = ConstStaticCell::new([0; LINE]);
static CASE: ConstStaticCell<Case> = ConstStaticCell::new(Case::new());

#[entry]
fn main() -> ! {
    let Some(parts) = door_board_stm32f4::parts() else { SCB::sys_reset() };
    let (mut serial, case) = (parts.serial, CASE.take());
    let mut framer = LineFramer::new(LINE_BUFFER.take());
    let mut bytes = [0; 64];
    loop {
        if !serial.read_ready().unwrap_or(true) {
            // Until the next byte, or the next tick.
            cortex_m::asm::wfi();
            continue;
        }
        let Ok(length) = serial.read(&mut bytes) else { continue };
        let mut rest = bytes.get(..length).unwrap_or_default();
        while !rest.is_empty() {
            let (frame, unread) = framer.feed(rest);
            rest = unread;
            let said = match frame {
                Frame::Idle => continue,
                Frame::Overlong => Word::Number(255),
                Frame::Line(line) => case.obey(line),
            };
            if let Word::Number(number) = said {
                let _ = write!(serial, "{number}\r\n");
            }
        }
    }
}
