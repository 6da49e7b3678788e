//! NOR flash that outlives its door, and whose power can be cut at any step.

use door::{PAGE, RamFlash};
use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone)]
pub(crate) struct SharedFlash(Rc<RefCell<Chip>>);

struct Chip {
    pages: Vec<[u8; PAGE]>,
    steps: u64,
    /// The step that is not finished any more; nothing works from there on.
    fails_at: Option<(u64, Done)>,
}

/// How much of its last step the flash does before the power is gone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Done {
    Nothing,
    Half,
    All,
}

#[derive(Debug)]
pub(crate) struct PowerLost;

impl SharedFlash {
    pub(crate) fn new() -> Self {
        Self(Rc::new(RefCell::new(Chip { pages: vec![[0xFF; PAGE]; 4], steps: 0, fails_at: None })))
    }

    pub(crate) fn fail_at(&self, step: u64, done: Done) {
        self.0.borrow_mut().fails_at = Some((step, done));
    }

    pub(crate) fn power_on(&self) {
        self.0.borrow_mut().fails_at = None;
    }

    /// Writes and erases so far.
    pub(crate) fn steps(&self) -> u64 {
        self.0.borrow().steps
    }

    pub(crate) fn spoil(&self, with: u8) {
        self.0.borrow_mut().pages.as_flattened_mut().fill(with);
    }

    fn step(&self, whole: usize) -> Result<(usize, Result<(), PowerLost>), PowerLost> {
        let mut chip = self.0.borrow_mut();
        chip.steps += 1;
        match chip.fails_at {
            Some((last, _)) if chip.steps > last => Err(PowerLost),
            Some((last, done)) if chip.steps == last => {
                let done = match done {
                    Done::Nothing => 0,
                    Done::Half => whole / 2,
                    Done::All => whole,
                };
                Ok((done, Err(PowerLost)))
            }
            _ => Ok((whole, Ok(()))),
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut RamFlash<'_>) -> T) -> T {
        act(&mut RamFlash::new(&mut self.0.borrow_mut().pages))
    }
}

impl NorFlashError for PowerLost {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

impl ErrorType for SharedFlash {
    type Error = PowerLost;
}

impl ReadNorFlash for SharedFlash {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), PowerLost> {
        let off = self.0.borrow().fails_at.is_some_and(|(last, _)| self.0.borrow().steps >= last);
        if off { Err(PowerLost) } else { self.with(|flash| flash.read(offset, bytes)).map_err(|_| PowerLost) }
    }

    fn capacity(&self) -> usize {
        4 * PAGE
    }
}

impl NorFlash for SharedFlash {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), PowerLost> {
        let (done, outcome) = self.step((to - from) as usize)?;
        let mut chip = self.0.borrow_mut();
        chip.pages.as_flattened_mut()[from as usize..][..done].fill(0xFF);
        outcome
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), PowerLost> {
        let (done, outcome) = self.step(bytes.len())?;
        let mut chip = self.0.borrow_mut();
        let place = &mut chip.pages.as_flattened_mut()[offset as usize..][..bytes.len()];
        for (old, new) in place.iter_mut().zip(bytes).take(done) {
            assert_eq!(*old, 0xFF, "written twice");
            *old &= new;
        }
        outcome
    }
}
