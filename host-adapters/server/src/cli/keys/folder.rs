//! What the commands about a folder of signing keys have in common.

use crate::cli::key_file::{contents, name};
use crate::cli::{Stop, complain};
use glowband_core::Clock;
use glowband_issue::{KeyEncryptionKey, KeyFolderError, UnixSeconds, UnusableKeyFile};
use glowband_verify::SystemClock;
use std::path::Path;

/// The key-encryption key in a file.
pub(super) fn key_encryption_key(path: &Path) -> Result<KeyEncryptionKey, Stop> {
    let key = KeyEncryptionKey::read(&contents(path)?);
    key.map_err(|error| Stop::Usage(format!("{}: {error}", name(path))))
}

pub(super) fn now() -> Result<UnixSeconds, Stop> {
    SystemClock.now().ok_or_else(|| Stop::usage("the system's clock stands before 1970"))
}

pub(super) fn failed(error: KeyFolderError) -> Stop {
    Stop::Usage(error.to_string())
}

/// Names the files that cannot be used.
pub(super) fn complain_of(unusable: &[UnusableKeyFile]) {
    unusable.iter().for_each(|file| complain("unusable", &file.to_string()));
}

/// A folder that must be there already.
pub(super) fn existing(path: &Path) -> Result<(), Stop> {
    if path.is_dir() {
        return Ok(());
    }
    let shown = name(path);
    Err(Stop::Usage(format!("{shown}: there is no such folder; glowband keys rotate --folder {shown} makes one")))
}
