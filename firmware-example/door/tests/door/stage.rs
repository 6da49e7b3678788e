//! A board made of nothing: what is sent is read, what is said is kept, time passes when it is told to.

use crate::flash::SharedFlash;
use door::{Board, Door, Entropy, Memory, Parts, Uptime, Watchdog};
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{self, OutputPin};
use embedded_io::{ErrorType, Read, ReadReady, Write};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::rc::Rc;

/// What the parts share.
#[derive(Default)]
pub(crate) struct World {
    incoming: VecDeque<u8>,
    said: Vec<u8>,
    pub(crate) lost: bool,
    pub(crate) pin: bool,
    /// Every change of the pin, with the time at which it came.
    pub(crate) levels: Vec<(u64, bool)>,
    pub(crate) nanoseconds: u64,
    pub(crate) fed: u64,
}

#[derive(Clone)]
pub(crate) struct Shared(Rc<RefCell<World>>);

pub(crate) struct Played;

impl Board for Played {
    type Serial = Shared;
    type Lock = Shared;
    type Delay = Shared;
    type Uptime = Shared;
    type Flash = SharedFlash;
    type Entropy = Shared;
    type Watchdog = Shared;
}

/// A door, from one start to the next reset.
pub(crate) struct Stage {
    pub(crate) world: Rc<RefCell<World>>,
    pub(crate) flash: SharedFlash,
    door: Door<'static, Played>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        Self::started(SharedFlash::new())
    }

    /// Starts a door over what this flash has kept. The first line that it says is left to be heard.
    pub(crate) fn started(flash: SharedFlash) -> Self {
        let world = Rc::new(RefCell::new(World::default()));
        let shared = || Shared(Rc::clone(&world));
        let parts = Parts {
            serial: shared(),
            lock: shared(),
            delay: shared(),
            uptime: shared(),
            flash: flash.clone(),
            entropy: shared(),
            watchdog: shared(),
        };
        let memory = Box::leak(Box::new(const { Memory::new() }));
        let door = Door::start(parts, memory);
        Self { world, flash, door }
    }

    /// The same flash under another start; its `READY` was heard.
    pub(crate) fn reset(self) -> Self {
        let mut stage = Self::started(self.flash);
        stage.heard();
        stage
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.world.borrow_mut().incoming.extend(bytes);
        while !self.world.borrow().incoming.is_empty() {
            self.door.step();
        }
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, milliseconds: u64) {
        let until = self.world.borrow().nanoseconds + milliseconds * 1_000_000;
        while self.world.borrow().nanoseconds < until {
            self.door.step();
        }
    }

    pub(crate) fn step(&mut self) {
        self.door.step();
    }

    /// The lines that were said since the last time.
    pub(crate) fn heard(&mut self) -> Vec<String> {
        let said = std::mem::take(&mut self.world.borrow_mut().said);
        let said = String::from_utf8(said).expect("text");
        said.lines().map(str::to_owned).collect()
    }

    /// Sends a line, and gives the one line that answers it.
    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.heard();
        self.send(line.as_bytes());
        self.send(b"\n");
        let mut heard = self.heard();
        assert_eq!(heard.len(), 1, "{heard:?}");
        heard.remove(0)
    }

    pub(crate) fn is_open(&self) -> bool {
        self.world.borrow().pin
    }
}

impl ErrorType for Shared {
    type Error = embedded_io::ErrorKind;
}

impl Read for Shared {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let mut world = self.0.borrow_mut();
        if std::mem::take(&mut world.lost) {
            return Err(embedded_io::ErrorKind::Other);
        }
        let length = buffer.len().min(world.incoming.len());
        for (place, byte) in buffer.iter_mut().zip(world.incoming.drain(..length)) {
            *place = byte;
        }
        Ok(length)
    }
}

impl ReadReady for Shared {
    fn read_ready(&mut self) -> Result<bool, Self::Error> {
        Ok(!self.0.borrow().incoming.is_empty())
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        self.0.borrow_mut().said.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

impl digital::ErrorType for Shared {
    type Error = Infallible;
}

impl Shared {
    fn level(&self, high: bool) {
        let mut world = self.0.borrow_mut();
        if world.pin != high {
            let now = world.nanoseconds / 1_000_000;
            world.levels.push((now, high));
        }
        world.pin = high;
    }
}

impl OutputPin for Shared {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.level(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.level(true);
        Ok(())
    }
}

impl DelayNs for Shared {
    fn delay_ns(&mut self, nanoseconds: u32) {
        self.0.borrow_mut().nanoseconds += u64::from(nanoseconds);
    }
}

impl Uptime for Shared {
    fn milliseconds(&self) -> u64 {
        self.0.borrow().nanoseconds / 1_000_000
    }
}

impl Entropy for Shared {
    fn bytes(&mut self) -> [u8; 8] {
        [7; 8]
    }
}

impl Watchdog for Shared {
    fn feed(&mut self) {
        self.0.borrow_mut().fed += 1;
    }
}
