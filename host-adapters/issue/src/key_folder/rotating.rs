//! Changes of the folder. All of them hold the folder's lock.

use super::disk::{create_folder, remove_durably, write_atomically};
use super::folder_error::KeyFolderError;
use super::lock::FolderLock;
use super::reading::{self, Contents, ENDING};
use super::{KeyFolder, KeyFolderReport, disk, key_text};
use crate::rotation::{Change, KeyPlan, RotationMode, RotationSchedule, commanded, due};
use crate::signing_key::SigningKey;
use glowband_core::UnixSeconds;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use zeroize::Zeroizing;

/// A change of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyChange {
    /// The key was generated and is now published.
    Announced {
        /// The key's `kid`.
        kid: String,
        /// The time from which it signs.
        active_from: UnixSeconds,
    },
    /// The time from which the key signs has changed.
    Replanned {
        /// The key's `kid`.
        kid: String,
        /// The time from which it signs.
        active_from: UnixSeconds,
    },
    /// The key is announced, or published after it has signed, for longer than before.
    Extended {
        /// The key's `kid`.
        kid: String,
    },
    /// The key's retirement has ended, and its file was removed.
    Removed {
        /// The key's `kid`.
        kid: String,
    },
}

impl KeyFolder {
    /// Reads the folder under its lock and applies what the schedule and the command require.
    pub(super) fn change(
        &self,
        schedule: &RotationSchedule,
        now: UnixSeconds,
        mode: Option<RotationMode>,
    ) -> Result<KeyFolderReport, KeyFolderError> {
        let _lock = self.lock()?;
        let mut contents = self.read()?;
        if contents.files.is_empty() && !contents.unusable.is_empty() {
            return Err(KeyFolderError::NoUsableKey(contents.unusable));
        }
        let first = contents.files.is_empty();
        let mut changes = Vec::new();
        for change in due(&contents.plans(), now, schedule) {
            changes.push(self.apply(&contents, change)?);
        }
        if let Some(mode) = mode.filter(|_| !first) {
            contents = self.read()?;
            if let Some(change) = commanded(&contents.plans(), now, schedule, mode) {
                changes.push(self.apply(&contents, change)?);
            }
        }
        Ok(KeyFolderReport { changes, unusable: contents.unusable, read: true })
    }

    pub(super) fn write_all_anew(&self) -> Result<usize, KeyFolderError> {
        let _lock = self.lock()?;
        let contents = self.read()?;
        if !contents.unusable.is_empty() {
            return Err(KeyFolderError::NoUsableKey(contents.unusable));
        }
        let mut count = 0;
        for file in &contents.files {
            let sealing = self.encryption.first().filter(|_| self.seals);
            let fits = match sealing {
                Some(own) => file.sealed && self.text_by(&file.name, std::slice::from_ref(own)).is_ok(),
                None => !file.sealed,
            };
            if !fits {
                self.write(&file.name, &self.text_by(&file.name, &self.encryption)?)?;
                count += 1;
            }
        }
        Ok(count)
    }

    fn apply(&self, contents: &Contents, change: Change<String>) -> Result<KeyChange, KeyFolderError> {
        match change {
            Change::Announce(plan) => {
                let generated = SigningKey::generate(self.algorithm, None)?;
                let name = format!("issuer-{}{ENDING}", generated.kid());
                self.write_plan(OsStr::new(&name), generated.private_jwk().as_bytes(), &plan)?;
                Ok(KeyChange::Announced { kid: generated.kid().to_owned(), active_from: plan.active_from })
            }
            Change::Replan(kid, plan) => {
                let mut active_from = None;
                if let Some(file) = contents.file_of(&kid) {
                    let text = self.text_by(&file.name, &self.encryption)?;
                    self.write_plan(&file.name, &text, &plan)?;
                    active_from = Some(plan.active_from).filter(|from| *from != file.key.plan().active_from);
                }
                Ok(match active_from {
                    Some(active_from) => KeyChange::Replanned { kid, active_from },
                    None => KeyChange::Extended { kid },
                })
            }
            Change::Remove(kid) => {
                if let Some(file) = contents.file_of(&kid) {
                    let removed = remove_durably(&*self.disk, &self.path, &file.name);
                    removed.map_err(|error| self.failed(&file.name, error))?;
                }
                Ok(KeyChange::Removed { kid })
            }
        }
    }

    fn write_plan(&self, name: &OsStr, private_jwk: &[u8], plan: &KeyPlan) -> Result<(), KeyFolderError> {
        let text = key_text::with_plan(private_jwk, plan);
        let text = text.ok_or_else(|| self.failed(name, io::Error::from(io::ErrorKind::InvalidData)))?;
        self.write(name, text.as_bytes())
    }

    fn write(&self, name: &OsStr, text: &[u8]) -> Result<(), KeyFolderError> {
        let written = match self.encryption.first().filter(|_| self.seals) {
            Some(key) => {
                let sealed = key.seal(text)? + "\n";
                write_atomically(&*self.disk, &self.path, name, sealed.as_bytes())
            }
            None => write_atomically(&*self.disk, &self.path, name, text),
        };
        written.map_err(|error| self.failed(name, error))
    }

    fn text_by(&self, name: &OsStr, keys: &[super::KeyEncryptionKey]) -> Result<Zeroizing<Vec<u8>>, KeyFolderError> {
        let path = self.path.join(name);
        match reading::text(&path, keys) {
            Ok((text, _)) => Ok(text),
            Err(problem) => Err(KeyFolderError::NoUsableKey(vec![super::UnusableKeyFile { path, problem }])),
        }
    }

    /// Takes the lock and removes unfinished files of a process that has ended.
    fn lock(&self) -> Result<FolderLock, KeyFolderError> {
        let failed = |error| KeyFolderError::Io { path: self.path.clone(), error };
        create_folder(&self.path).map_err(failed)?;
        let lock = FolderLock::take(&self.path, self.lock_timeout).map_err(failed)?;
        let lock = lock.ok_or_else(|| KeyFolderError::Locked { path: self.path.clone() })?;
        sweep(&self.path).map_err(failed)?;
        Ok(lock)
    }

    fn failed(&self, name: &OsStr, error: io::Error) -> KeyFolderError {
        KeyFolderError::Io { path: self.path.join(name), error }
    }
}

fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(&format!("{ENDING}{}", disk::UNFINISHED)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
