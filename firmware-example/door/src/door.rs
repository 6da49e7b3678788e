//! The main loop: lines in, lines out, the lock, the watchdog.

use crate::answer::Answer;
use crate::capacity::LINE;
use crate::controller::{Controller, Decision, Desk};
use crate::denial::Denial;
use crate::lock::Lock;
use crate::parts::{Board, Parts, Watchdog};
use embedded_io::{Read, ReadReady};
use glowband_core::{Frame, LineFramer};

/// A line that has not ended is given up after so many milliseconds of silence.
pub const SILENCE: u64 = 2000;

/// Asks for a nonce.
pub const ASK_NONCE: &[u8] = b"NONCE";
/// Asks who the door is, and what it has.
pub const ASK_STATUS: &[u8] = b"STATUS";
/// Begins the line that gives the door an owner: the owner's JWK without blanks, a blank, a token.
pub const ASK_PROVISION: &[u8] = b"PROVISION ";

/// All the memory that a door takes: hand it in once, as a static.
pub struct Memory {
    line: [u8; LINE],
    desk: Desk,
}

impl Memory {
    /// Memory for one door.
    #[expect(clippy::new_without_default, reason = "too large to be made anywhere but in a static")]
    pub const fn new() -> Self {
        Self { line: [0; LINE], desk: Desk::new() }
    }
}

/// A door on a board.
pub struct Door<'m, B: Board> {
    serial: B::Serial,
    lock: Lock<B::Lock, B::Delay>,
    watchdog: B::Watchdog,
    framer: LineFramer<'m>,
    controller: Controller<'m, B::Flash, B::Uptime, B::Entropy>,
    /// When the last byte came.
    heard: u64,
}

impl<'m, B: Board> Door<'m, B> {
    /// Locks, reads what the flash has kept, and says so.
    pub fn start(parts: Parts<B>, memory: &'m mut Memory) -> Self {
        let Parts { serial, lock, delay, uptime, flash, entropy, watchdog } = parts;
        let lock = Lock::new(lock, delay);
        let controller = Controller::new(&mut memory.desk, flash, uptime, entropy);
        let framer = LineFramer::new(&mut memory.line);
        let mut door = Self { serial, lock, watchdog, framer, controller, heard: 0 };
        door.controller.ready().send(&mut door.serial);
        door
    }

    /// Does its duty for ever.
    pub fn run(&mut self) -> ! {
        loop {
            self.step();
        }
    }

    /// One round of the main loop: a few bytes if there are some, or a few milliseconds.
    pub fn step(&mut self) {
        if !self.lock.is_stuck() {
            self.watchdog.feed();
        }
        let mut bytes = [0; 64];
        let waiting = self.serial.read_ready().unwrap_or(true);
        if self.lock.is_open() || !waiting {
            self.lock.wait();
        }
        if !waiting {
            if self.controller.milliseconds().saturating_sub(self.heard) > SILENCE {
                self.framer.abandon();
            }
            return;
        }
        match self.serial.read(&mut bytes) {
            Ok(length) => self.take(bytes.get(..length).unwrap_or_default()),
            // Bytes were lost; what is left of their line is no line.
            Err(_) => self.framer.abandon(),
        }
    }

    fn take(&mut self, mut bytes: &[u8]) {
        self.heard = self.controller.milliseconds();
        while !bytes.is_empty() {
            let (frame, rest) = self.framer.feed(bytes);
            bytes = rest;
            let decided = match frame {
                Frame::Idle => continue,
                _ if self.lock.is_open() => Ok(Answer::Busy.into()),
                Frame::Overlong => Ok(Answer::LineTooLong.into()),
                Frame::Line(ASK_NONCE) => self.controller.ask().map(Decision::from),
                Frame::Line(ASK_STATUS) => Ok(self.controller.status().into()),
                Frame::Line(line) => match provisioning(line) {
                    Some((jwk, token)) => self.controller.provision(jwk, token),
                    None => self.controller.verify(line),
                },
            };
            let Decision { answer, open_for } = decided.unwrap_or_else(denied);
            if let Some(milliseconds) = open_for {
                self.lock.open(milliseconds);
            }
            #[cfg(feature = "defmt")]
            crate::log::decided(&answer);
            answer.send(&mut self.serial);
        }
    }
}

fn denied(denial: Denial) -> Decision {
    Answer::Deny(denial).into()
}

/// The two words behind the command.
fn provisioning(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let words = line.strip_prefix(ASK_PROVISION)?;
    let blank = words.iter().position(|byte| *byte == b' ')?;
    let (jwk, token) = words.split_at_checked(blank)?;
    Some((jwk, token.trim_ascii()))
}
