//! Where the store lies.

#[cfg(not(feature = "qemu"))]
pub(crate) use chip::{StoreFlash, store};
#[cfg(feature = "qemu")]
pub(crate) use emulated::{StoreFlash, store};

/// The chip's own flash (chapter 3): its last two sectors, 10 and 11, of 128 KB each, which no image reaches
/// (`memory.x`). While it writes or erases, the processor waits.
#[cfg(not(feature = "qemu"))]
mod chip {
    use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};
    use stm32f4xx_hal::flash::{Error, FlashExt};
    use stm32f4xx_hal::pac::FLASH;

    const START: u32 = 768 * 1024;
    const SECTOR: u32 = 128 * 1024;
    /// The number of the sector that begins at `START`; a second one follows.
    const FIRST: u8 = 10;

    /// The store's part of the flash, from its own address 0 on.
    pub struct StoreFlash(FLASH);

    pub(crate) fn store(flash: FLASH) -> Option<StoreFlash> {
        // A chip of the family with less flash has no such sectors.
        (flash.len() >= (START + 2 * SECTOR) as usize).then_some(StoreFlash(flash))
    }

    impl StoreFlash {
        /// The data cache may hold what an erased sector held before. It is flushed while it is off (chapter 3.6,
        /// programming and caches); a write changes it along with the flash.
        fn forget_cached(&self) {
            let control = self.0.acr();
            control.modify(|_, bits| bits.dcen().clear_bit());
            control.modify(|_, bits| bits.dcrst().set_bit());
            control.modify(|_, bits| bits.dcrst().clear_bit());
            control.modify(|_, bits| bits.dcen().set_bit());
        }
    }

    /// The place in the whole flash, if all of it is the store's.
    fn place(offset: u32, length: usize) -> Result<usize, StoreFlashError> {
        let end = u32::try_from(length).ok().and_then(|length| offset.checked_add(length));
        match end {
            Some(end) if end <= 2 * SECTOR => Ok((START + offset) as usize),
            _ => Err(StoreFlashError::OutOfBounds),
        }
    }

    /// Why the flash did not do it.
    #[derive(Debug)]
    pub enum StoreFlashError {
        /// Not the store's.
        OutOfBounds,
        /// Not whole sectors.
        NotAligned,
        /// What the controller says.
        Controller(Error),
    }

    impl NorFlashError for StoreFlashError {
        fn kind(&self) -> NorFlashErrorKind {
            match self {
                Self::OutOfBounds => NorFlashErrorKind::OutOfBounds,
                Self::NotAligned => NorFlashErrorKind::NotAligned,
                Self::Controller(_) => NorFlashErrorKind::Other,
            }
        }
    }

    impl ErrorType for StoreFlash {
        type Error = StoreFlashError;
    }

    impl ReadNorFlash for StoreFlash {
        const READ_SIZE: usize = 1;

        fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), StoreFlashError> {
            let start = place(offset, bytes.len())?;
            let kept = self.0.read().get(start..).unwrap_or_default();
            bytes.iter_mut().zip(kept).for_each(|(byte, kept)| *byte = *kept);
            Ok(())
        }

        fn capacity(&self) -> usize {
            2 * SECTOR as usize
        }
    }

    impl NorFlash for StoreFlash {
        const WRITE_SIZE: usize = 1;
        const ERASE_SIZE: usize = SECTOR as usize;

        fn erase(&mut self, from: u32, to: u32) -> Result<(), StoreFlashError> {
            if !from.is_multiple_of(SECTOR) || !to.is_multiple_of(SECTOR) {
                return Err(StoreFlashError::NotAligned);
            }
            place(from, to.saturating_sub(from) as usize)?;
            for sector in FIRST..FIRST + 2 {
                let start = u32::from(sector - FIRST) * SECTOR;
                if (from..to).contains(&start) {
                    let erased = self.0.unlocked().erase(sector);
                    self.forget_cached();
                    erased.map_err(StoreFlashError::Controller)?;
                }
            }
            Ok(())
        }

        fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), StoreFlashError> {
            let start = place(offset, bytes.len())?;
            self.0.unlocked().program(start, bytes.iter()).map_err(StoreFlashError::Controller)
        }
    }
}

/// Flash played by RAM that a reset leaves alone: an emulator has no flash controller.
#[cfg(feature = "qemu")]
mod emulated {
    use crate::kept_ram;
    use stm32f4xx_hal::pac::FLASH;

    pub(crate) type StoreFlash = door::RamFlash<'static>;

    pub(crate) fn store(_: FLASH) -> Option<StoreFlash> {
        kept_ram::take().map(|(pages, kept)| match kept {
            true => door::RamFlash::new(pages),
            false => door::RamFlash::erased(pages),
        })
    }
}
