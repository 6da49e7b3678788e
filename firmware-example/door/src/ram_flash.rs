//! NOR flash played by RAM: for tests, and for a board whose flash controller an emulator does not have.

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash};

/// Bytes in a page, which are erased together.
pub const PAGE: usize = 4096;
/// Bytes that are written together.
pub const WORD: usize = 4;

/// Pages of NOR flash: erasing sets every bit, writing only clears bits.
///
/// Memory that holds anything but a store of before must be [erased](Self::erased) first.
pub struct RamFlash<'m> {
    pages: &'m mut [[u8; PAGE]],
}

impl<'m> RamFlash<'m> {
    /// Flash over this memory, with what lies in it.
    pub fn new(pages: &'m mut [[u8; PAGE]]) -> Self {
        Self { pages }
    }

    /// Flash over this memory, all of it erased.
    pub fn erased(pages: &'m mut [[u8; PAGE]]) -> Self {
        pages.as_flattened_mut().fill(0xFF);
        Self { pages }
    }

    fn part(&mut self, offset: u32, length: usize, unit: usize) -> Result<&mut [u8], RamFlashError> {
        let start = usize::try_from(offset).map_err(|_| RamFlashError::OutOfBounds)?;
        if !start.is_multiple_of(unit) || !length.is_multiple_of(unit) {
            return Err(RamFlashError::NotAligned);
        }
        let end = start.checked_add(length).ok_or(RamFlashError::OutOfBounds)?;
        self.pages.as_flattened_mut().get_mut(start..end).ok_or(RamFlashError::OutOfBounds)
    }
}

/// What a real flash would not do either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RamFlashError {
    /// Not at a multiple of the page or word.
    NotAligned,
    /// Behind the last page.
    OutOfBounds,
}

impl NorFlashError for RamFlashError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::NotAligned => NorFlashErrorKind::NotAligned,
            Self::OutOfBounds => NorFlashErrorKind::OutOfBounds,
        }
    }
}

impl ErrorType for RamFlash<'_> {
    type Error = RamFlashError;
}

impl ReadNorFlash for RamFlash<'_> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), RamFlashError> {
        bytes.copy_from_slice(self.part(offset, bytes.len(), Self::READ_SIZE)?);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.pages.as_flattened().len()
    }
}

impl NorFlash for RamFlash<'_> {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), RamFlashError> {
        let length = usize::try_from(to.saturating_sub(from)).map_err(|_| RamFlashError::OutOfBounds)?;
        self.part(from, length, PAGE)?.fill(0xFF);
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), RamFlashError> {
        let place = self.part(offset, bytes.len(), WORD)?;
        place.iter_mut().zip(bytes).for_each(|(old, new)| *old &= new);
        Ok(())
    }
}
