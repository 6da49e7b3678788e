//! Signing keys as files: made, changed and forgotten by plan, by one process at a time, read by all.

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
use crate::rotation::{Haste, RotationSchedule};
use disk::{Disk, RealDisk};
use glowband_core::{Algorithm, UnixSeconds};
use reading::{Contents, Stamp};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A folder with one file for each signing key: a private JWK with one member more, `rotation`, or the same encrypted.
///
/// - **One file, one key.** What is to be done at any moment touches one file, and that is replaced in one step: after
///   a crash there is the old state or the new one. A damaged file is named, and the other keys go on.
/// - **Private.** Files have mode 0600; one that others can read is refused, with the command that puts it right.
///   With [`encrypt_with`](Self::encrypt_with) new files are encrypted (see [`KeyEncryptionKey`]).
/// - **One owner.** Files that root writes are given to the owner of the folder, whose server is to read them.
/// - **Several processes.** They may share a folder; a lock (`.lock`) lets one at a time change it, and each looks again
///   before it does. All of them switch to the next key at the moment that its file names.
///
/// The methods read and write files, and wait for the lock: in async code, call them where blocking is allowed.
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
/// // Every minute or so:
/// let later = UnixSeconds(now.0 + 29 * 86_400);
/// folder.keep_up(&keys, later)?;
/// assert_eq!(keys.status(later)[1].state, KeyState::Announced);
/// # std::fs::remove_dir_all(temporary)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct KeyFolder {
    path: PathBuf,
    algorithm: Algorithm,
    /// Those that open files; the first one also seals them, if `seals`.
    encryption: Vec<KeyEncryptionKey>,
    seals: bool,
    disk: Arc<dyn Disk>,
    patience: Duration,
    /// The files as they were when they were read last.
    seen: Mutex<Option<Stamp>>,
}

/// What [`KeyFolder`] found or did; for the log.
#[derive(Debug, Default)]
pub struct KeyFolderReport {
    /// What was changed, in order.
    pub changes: Vec<KeyChange>,
    /// The files that cannot be used, each time they are read.
    pub unusable: Vec<UnusableKeyFile>,
    /// Whether the files were read anew.
    pub read: bool,
}

impl KeyFolder {
    /// The folder at this place; nothing is touched yet. New keys are for ES256.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            algorithm: Algorithm::Es256,
            encryption: Vec::new(),
            seals: false,
            disk: Arc::new(RealDisk),
            patience: Duration::from_secs(10),
            seen: Mutex::new(None),
        }
    }

    /// Makes new keys for this algorithm; those that are there stay what they are.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Writes files encrypted with this key, and reads such. Files that are not encrypted are read all the same.
    #[must_use]
    pub fn encrypt_with(mut self, key: KeyEncryptionKey) -> Self {
        self.encryption.insert(0, key);
        self.seals = true;
        self
    }

    /// Reads files that are encrypted with this key too.
    #[must_use]
    pub fn decrypt_with(mut self, key: KeyEncryptionKey) -> Self {
        self.encryption.push(key);
        self
    }

    /// How long to wait for another process that changes the folder, whose turn takes milliseconds; ten seconds unless
    /// said otherwise.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the keys that are there, and those files that are none.
    ///
    /// # Errors
    /// [`KeyFolderError::Io`] and [`KeyFolderError::FolderTooOpen`]. A folder that does not exist has no keys.
    pub fn load(&self) -> Result<(Vec<IssuerKey>, Vec<UnusableKeyFile>), KeyFolderError> {
        let Contents { files, unusable } = self.read()?;
        Ok((files.into_iter().map(|file| file.key).collect(), unusable))
    }

    /// Reads the keys and does what the schedule wants; makes folder and first key where there are none.
    ///
    /// # Errors
    /// Any [`KeyFolderError`].
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

    /// Reads the files anew if they have changed, and does what the schedule wants. Call it every minute or so.
    ///
    /// # Errors
    /// Any [`KeyFolderError`], in which case the keys that are in force stay, or those that could still be read.
    pub fn keep_up(&self, keys: &IssuerKeys, now: UnixSeconds) -> Result<KeyFolderReport, KeyFolderError> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.look(keys, now, seen.as_ref() != Some(&Stamp::of(&self.path)?))
    }

    /// The same, but reads the files whether they seem to have changed or not: for whoever was told that they have.
    ///
    /// # Errors
    /// As [`keep_up`](Self::keep_up).
    pub fn reload(&self, keys: &IssuerKeys, now: UnixSeconds) -> Result<KeyFolderReport, KeyFolderError> {
        self.look(keys, now, true)
    }

    fn look(&self, keys: &IssuerKeys, now: UnixSeconds, anew: bool) -> Result<KeyFolderReport, KeyFolderError> {
        let mut report = KeyFolderReport::default();
        if anew {
            self.read_into(keys, now, &mut report)?;
        }
        // Even where files cannot be written, a key that is gone verifies nothing.
        keys.refresh(now);
        self.do_what_is_due(keys, now, &mut report)?;
        Ok(report)
    }

    /// Does what the schedule wants, and then rotates as a command asks for it. Other processes that use the folder take
    /// it up when they [`keep_up`](Self::keep_up).
    ///
    /// # Errors
    /// Any [`KeyFolderError`].
    pub fn rotate(
        &self,
        schedule: &RotationSchedule,
        now: UnixSeconds,
        haste: Haste,
    ) -> Result<KeyFolderReport, KeyFolderError> {
        self.change(schedule, now, Some(haste))
    }

    /// Writes every file anew that is not encrypted as new files are: after
    /// [`encrypt_with`](Self::encrypt_with) those that are not encrypted or encrypted with a key of
    /// [`decrypt_with`](Self::decrypt_with), without it those that are encrypted. Says how many there were.
    ///
    /// What the disk kept of the old files is not overwritten.
    ///
    /// # Errors
    /// Any [`KeyFolderError`]; [`KeyFolderError::NoUsableKey`] if there is a file that cannot be used, before any is
    /// written.
    pub fn rewrite(&self) -> Result<usize, KeyFolderError> {
        self.write_all_anew()
    }

    fn read(&self) -> Result<Contents, KeyFolderError> {
        if let Some(mode) = reading::others_can_write(&self.path) {
            return Err(KeyFolderError::FolderTooOpen { path: self.path.clone(), mode });
        }
        reading::read(&self.path, &self.encryption)
    }

    /// Puts the keys of the files in force. If none can be used or there is none any more, those that are in force stay.
    fn read_into(
        &self,
        keys: &IssuerKeys,
        now: UnixSeconds,
        report: &mut KeyFolderReport,
    ) -> Result<(), KeyFolderError> {
        // Before the files: what changes in between is read once more next time.
        let stamp = Stamp::of(&self.path)?;
        let Contents { files, unusable } = self.read()?;
        if files.is_empty() && unusable.is_empty() && !keys.keys().is_empty() {
            return Err(KeyFolderError::Emptied { path: self.path.clone() });
        }
        if !files.is_empty() {
            // No two files have the same name of a key; that was seen to.
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
