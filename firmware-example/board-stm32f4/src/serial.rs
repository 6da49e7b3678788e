//! The line that tokens come from: USART1, received by interrupt into a ring (chapter 30).

use core::cell::RefCell;
use critical_section::Mutex;
use embedded_io::{ErrorKind, ErrorType, Read, ReadReady, Write};
use heapless::Deque;
use stm32f4xx_hal::gpio::{PA9, PA10};
use stm32f4xx_hal::pac::{self, USART1, interrupt};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::Rcc;
use stm32f4xx_hal::serial::config::Config;
use stm32f4xx_hal::serial::{Rx, Serial, Tx};

/// Bytes that wait: what comes in a tenth of a second, several verifications long.
const WAITING: usize = 2048;

const BAUD: u32 = 115_200;

static RECEIVER: Mutex<RefCell<Option<Rx<USART1>>>> = Mutex::new(RefCell::new(None));

static RECEIVED: Mutex<RefCell<Received>> = Mutex::new(RefCell::new(Received { bytes: Deque::new(), lost: false }));

struct Received {
    bytes: Deque<u8, WAITING>,
    /// A byte was lost, because the queue was full or because the UART reported an error.
    lost: bool,
}

/// The line. What was lost on the way is an error of the next read.
pub struct Line {
    tx: Tx<USART1>,
}

pub(crate) fn start(usart: USART1, tx: PA9, rx: PA10, rcc: &mut Rcc) -> Option<Line> {
    let config = Config::default().baudrate(BAUD.bps());
    let (tx, mut rx) = Serial::<USART1, u8>::new(usart, (tx, rx), config, rcc).ok()?.split();
    rx.listen();
    critical_section::with(|section| *RECEIVER.borrow_ref_mut(section) = Some(rx));
    enable();
    Some(Line { tx })
}

#[expect(unsafe_code, reason = "an interrupt is let in")]
fn enable() {
    // SAFETY: no critical section depends on the interrupt being masked; its handler takes one itself.
    unsafe { cortex_m::peripheral::NVIC::unmask(pac::Interrupt::USART1) };
}

#[interrupt]
fn USART1() {
    critical_section::with(|section| {
        let mut receiver = RECEIVER.borrow_ref_mut(section);
        let Some(rx) = receiver.as_mut() else { return };
        let received = &mut *RECEIVED.borrow_ref_mut(section);
        // An emulator's wire is as fast as its socket, and waits; a real one does neither.
        if cfg!(feature = "qemu") && received.bytes.is_full() {
            cortex_m::peripheral::NVIC::mask(pac::Interrupt::USART1);
            return;
        }
        match rx.read() {
            Ok(byte) => received.lost |= received.bytes.push_back(byte).is_err(),
            Err(reason) => received.lost |= reason != stm32f4xx_hal::nb::Error::WouldBlock,
        }
    });
}

impl ErrorType for Line {
    type Error = ErrorKind;
}

impl Read for Line {
    /// Takes what is there; nothing, if nothing is.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        critical_section::with(|section| {
            if cfg!(feature = "qemu") {
                enable();
            }
            let received = &mut *RECEIVED.borrow_ref_mut(section);
            if core::mem::take(&mut received.lost) {
                received.bytes.clear();
                return Err(ErrorKind::Other);
            }
            let mut length = 0;
            for place in buffer {
                let Some(byte) = received.bytes.pop_front() else { break };
                *place = byte;
                length += 1;
            }
            Ok(length)
        })
    }
}

impl ReadReady for Line {
    fn read_ready(&mut self) -> Result<bool, ErrorKind> {
        Ok(critical_section::with(|section| {
            let received = RECEIVED.borrow_ref(section);
            received.lost || !received.bytes.is_empty()
        }))
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.tx.bwrite_all(bytes).map_err(|_| ErrorKind::Other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        self.tx.bflush().map_err(|_| ErrorKind::Other)
    }
}
