//! Signing keys in files. One process at a time changes them; all processes read them.

mod disk;
mod folder_error;
mod key_encryption_key;
mod key_text;
mod lock;
mod reading;
mod rotating;

pub use folder_error::{KeyFileProblem, KeyFolderError, UnusableKeyFile};
pub use key_encryption_key::{KeyEncryptionKey, KeyEncryptionKeyError};
pub use rotating::KeyChange;

use crate::issuer_keys::{IssuerKey, IssuerKeys};
use crate::rotation::{RotationMode, RotationSchedule};
use disk::{Disk, RealDisk};
use glowband_core::{Algorithm, UnixSeconds};
use reading::{Contents, Stamp};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A folder with one file per signing key: a private JWK with an additional member `rotation`, or the same encrypted.
///
/// - **One file, one key.** Every change replaces one file atomically: after a crash the old or the new state exists. A
///   damaged file is reported, and the other keys stay in use.
/// - **Private.** Files have mode 0600. A file that other users can read is refused with the command that fixes it.
///   After [`encrypt_with`](Self::encrypt_with) new files are encrypted (see [`KeyEncryptionKey`]).
/// - **One owner.** Files that root writes are given to the folder's owner, so that the server can read them.
/// - **Several processes.** Processes can share a folder. A lock (`.lock`) admits one change at a time, and each
///   process reads the files again before it changes them. All processes switch to the next key at the time in its
///   file.
///
/// The methods block on file access and on the lock. In async code, call them where blocking is allowed.
///
/// ```
/// use glowband_issue::{KeyFolder, KeyState, RotationSchedule, UnixSeconds};
///
/// # let temporary = std::env::temp_dir().join(format!("glowband-key-folder-{}", std::process::id()));
/// let folder = KeyFolder::new(temporary.join("keys"));
/// let now = UnixSeconds(1_700_000_000);
/// let (keys, report) = folder.start(RotationSchedule::default(), now)?;
/// assert_eq!((report.changes.len(), keys.status(now)[0].state), (1, KeyState::Active));
///
/// // Call this about every minute.
/// let later = UnixSeconds(now.0 + 29 * 86_400);
/// folder.keep_up(&keys, later)?;
/// assert_eq!(keys.status(later)[1].state, KeyState::Announced);
/// # std::fs::remove_dir_all(temporary)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct KeyFolder {
    path: PathBuf,
    algorithm: Algorithm,
    /// The keys that decrypt files. If `seals` is set, the first one also encrypts them.
    encryption: Vec<KeyEncryptionKey>,
    seals: bool,
    disk: Arc<dyn Disk>,
    lock_timeout: Duration,
    /// The state of the files when they were last read.
    seen: Mutex<Option<Stamp>>,
}

/// What [`KeyFolder`] found and changed, for the log.
#[derive(Debug, Default)]
pub struct KeyFolderReport {
    /// The changes, in order.
    pub changes: Vec<KeyChange>,
    /// The files that cannot be used. They are reported each time the files are read.
    pub unusable: Vec<UnusableKeyFile>,
    /// Whether the files were read.
    pub read: bool,
}

impl KeyFolder {
    /// Creates a handle to the folder at `path` without accessing it. New keys are for ES256.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            algorithm: Algorithm::Es256,
            encryption: Vec::new(),
            seals: false,
            disk: Arc::new(RealDisk),
            lock_timeout: Duration::from_secs(10),
            seen: Mutex::new(None),
        }
    }

    /// Sets the algorithm of new keys. Existing keys do not change.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Encrypts new files with this key, and decrypts files with it. Files that are not encrypted are still read.
    #[must_use]
    pub fn encrypt_with(mut self, key: KeyEncryptionKey) -> Self {
        self.encryption.insert(0, key);
        self.seals = true;
        self
    }

    /// Also decrypts files with this key.
    #[must_use]
    pub fn decrypt_with(mut self, key: KeyEncryptionKey) -> Self {
        self.encryption.push(key);
        self
    }

    /// Sets how long to wait for the lock. Another process holds it for milliseconds. Default: 10 seconds.
    #[must_use]
    pub fn lock_timeout(mut self, lock_timeout: Duration) -> Self {
        self.lock_timeout = lock_timeout;
        self
    }

    /// Returns the folder's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads all keys, and lists the files that cannot be used.
    ///
    /// # Errors
    /// Returns [`KeyFolderError::Io`] or [`KeyFolderError::FolderTooOpen`]. A missing folder has no keys and is no
    /// error.
    pub fn load(&self) -> Result<(Vec<IssuerKey>, Vec<UnusableKeyFile>), KeyFolderError> {
        let Contents { files, unusable } = self.read()?;
        Ok((files.into_iter().map(|file| file.key).collect(), unusable))
    }

    /// Reads the keys and applies the changes that the schedule requires. Creates the folder and the first key if
    /// missing.
    ///
    /// # Errors
    /// Returns any [`KeyFolderError`].
    pub fn start(
        &self,
        schedule: RotationSchedule,
        now: UnixSeconds,
    ) -> Result<(IssuerKeys, KeyFolderReport), KeyFolderError> {
        let keys = IssuerKeys::without_keys(schedule);
        let mut report = KeyFolderReport::default();
        self.read_into(&keys, now, &mut report)?;
        if keys.keys().is_empty() && !report.unusable.is_empty() {
            return Err(KeyFolderError::NoUsableKey(report.unusable));
        }
        self.do_what_is_due(&keys, now, &mut report)?;
        Ok((keys, report))
    }

    /// Reads the files if they have changed, and applies the changes that the schedule requires. Call it every minute.
    ///
    /// # Errors
    /// Returns any [`KeyFolderError`]. The keys in use then stay in use.
    pub fn keep_up(&self, keys: &IssuerKeys, now: UnixSeconds) -> Result<KeyFolderReport, KeyFolderError> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.look(keys, now, seen.as_ref() != Some(&Stamp::of(&self.path)?))
    }

    /// Does the same as [`keep_up`](Self::keep_up), but always reads the files. Call it when the operator requests a
    /// reload.
    ///
    /// # Errors
    /// Returns the errors of [`keep_up`](Self::keep_up).
    pub fn reload(&self, keys: &IssuerKeys, now: UnixSeconds) -> Result<KeyFolderReport, KeyFolderError> {
        self.look(keys, now, true)
    }

    fn look(&self, keys: &IssuerKeys, now: UnixSeconds, anew: bool) -> Result<KeyFolderReport, KeyFolderError> {
        let mut report = KeyFolderReport::default();
        if anew {
            self.read_into(keys, now, &mut report)?;
        }
        // A key that is gone must not verify, even if the files cannot be written.
        keys.refresh(now);
        self.do_what_is_due(keys, now, &mut report)?;
        Ok(report)
    }

    /// Applies the changes that the schedule requires, then rotates on request. Other processes that use the folder
    /// follow at their next [`keep_up`](Self::keep_up).
    ///
    /// # Errors
    /// Returns any [`KeyFolderError`].
    pub fn rotate(
        &self,
        schedule: &RotationSchedule,
        now: UnixSeconds,
        mode: RotationMode,
    ) -> Result<KeyFolderReport, KeyFolderError> {
        self.change(schedule, now, Some(mode))
    }

    /// Rewrites the files that are not encrypted as new files would be, and returns their number. After
    /// [`encrypt_with`](Self::encrypt_with) these are files that are not encrypted, or encrypted with a key of
    /// [`decrypt_with`](Self::decrypt_with); without it, these are the encrypted files.
    ///
    /// The old content is not overwritten on the disk.
    ///
    /// # Errors
    /// Returns any [`KeyFolderError`]. If a file cannot be used, returns [`KeyFolderError::NoUsableKey`] before any
    /// file is written.
    pub fn rewrite(&self) -> Result<usize, KeyFolderError> {
        self.write_all_anew()
    }

    fn read(&self) -> Result<Contents, KeyFolderError> {
        if let Some(mode) = reading::others_can_write(&self.path) {
            return Err(KeyFolderError::FolderTooOpen { path: self.path.clone(), mode });
        }
        reading::read(&self.path, &self.encryption)
    }

    /// Puts the keys of the files in use. If no file can be used, or all are missing, the keys in use stay.
    fn read_into(
        &self,
        keys: &IssuerKeys,
        now: UnixSeconds,
        report: &mut KeyFolderReport,
    ) -> Result<(), KeyFolderError> {
        // Taken before the files are read: a change in between is then noticed by the next call.
        let stamp = Stamp::of(&self.path)?;
        let Contents { files, unusable } = self.read()?;
        if files.is_empty() && unusable.is_empty() && !keys.keys().is_empty() {
            return Err(KeyFolderError::Emptied { path: self.path.clone() });
        }
        if !files.is_empty() {
            // Cannot fail: `reading::read` reports a second file with the same `kid` as unusable.
            let _ = keys.replace(files.into_iter().map(|file| file.key).collect(), now);
        }
        report.unusable = unusable;
        report.read = true;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(stamp);
        Ok(())
    }

    fn do_what_is_due(
        &self,
        keys: &IssuerKeys,
        now: UnixSeconds,
        report: &mut KeyFolderReport,
    ) -> Result<(), KeyFolderError> {
        if !keys.due(now).is_empty() {
            report.changes = self.change(keys.schedule(), now, None)?.changes;
            self.read_into(keys, now, report)?;
        }
        Ok(())
    }
}

impl fmt::Debug for KeyFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFolder")
            .field("path", &self.path)
            .field("algorithm", &self.algorithm)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod crash_tests;
