//! The lock of a key folder: only one process changes the folder at a time.

use super::disk::give_to_the_owner_of;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// A held lock. The system releases it when the value is dropped or the process ends.
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Waits up to `lock_timeout` for the lock; returns `None` if another process still holds it.
    pub(super) fn take(folder: &Path, lock_timeout: Duration) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(folder.join(".lock"))?;
        give_to_the_owner_of(folder, &file)?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::WouldBlock) if started.elapsed() < lock_timeout => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}
