//! What survives a reset: a few records in NOR flash, each written whole or not at all.

use crate::capacity::RECORD;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use embedded_storage::nor_flash::NorFlash as Blocking;
use embedded_storage_async::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use sequential_storage::cache::{Cache, Uncached};
use sequential_storage::map::{MapConfig, MapStorage};

/// The records. Numbers are never changed or reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Record {
    /// Who owns the door, and whose tokens open it.
    Ring = 1,
    /// Subjects and tokens that open nothing.
    DenyList = 2,
    /// The latest end of a one-time token that was redeemed.
    RedeemedUntil = 3,
    /// How often the door was started.
    Starts = 4,
}

/// The flash does not do as it is told, or holds what was never written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoreError;

/// Records over a flash that begins at its address 0 and is used whole.
///
/// A record that was replaced stays until its page is erased; power loss at any step leaves the old one or the new.
pub(crate) struct Store<F: Blocking> {
    map: MapStorage<u8, AtOnce<F>, Cache<Uncached, Uncached, Uncached, u8>>,
    buffer: [u8; RECORD],
}

impl<F: Blocking> Store<F> {
    /// # Errors
    /// [`StoreError`] for a flash of fewer than two pages.
    pub(crate) fn new(flash: F) -> Result<Self, StoreError> {
        let end = u32::try_from(flash.capacity()).map_err(|_| StoreError)?;
        let config = MapConfig::try_new(0..end).map_err(|_| StoreError)?;
        let map = MapStorage::new(AtOnce(flash), config, Cache::new_uncached());
        Ok(Self { map, buffer: [0; RECORD] })
    }

    /// The record, if it was ever written.
    pub(crate) fn read(&mut self, record: Record) -> Result<Option<&[u8]>, StoreError> {
        let found = at_once(self.map.fetch_item::<&[u8]>(&mut self.buffer, &(record as u8)));
        found.ok_or(StoreError)?.map_err(|_| StoreError)
    }

    /// Replaces the record.
    pub(crate) fn write(&mut self, record: Record, content: &[u8]) -> Result<(), StoreError> {
        let written = at_once(self.map.store_item(&mut self.buffer, &(record as u8), &content));
        written.ok_or(StoreError)?.map_err(|_| StoreError)
    }
}

/// The future's value, if it has one without waiting. Those of a blocking flash always have.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// A blocking flash in the clothes of one that can be waited for.
struct AtOnce<F>(F);

impl<F: Blocking> ErrorType for AtOnce<F> {
    type Error = F::Error;
}

impl<F: Blocking> ReadNorFlash for AtOnce<F> {
    const READ_SIZE: usize = F::READ_SIZE;

    async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), F::Error> {
        self.0.read(offset, bytes)
    }

    fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl<F: Blocking> NorFlash for AtOnce<F> {
    const WRITE_SIZE: usize = F::WRITE_SIZE;
    const ERASE_SIZE: usize = F::ERASE_SIZE;

    async fn erase(&mut self, from: u32, to: u32) -> Result<(), F::Error> {
        self.0.erase(from, to)
    }

    async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), F::Error> {
        self.0.write(offset, bytes)
    }
}
