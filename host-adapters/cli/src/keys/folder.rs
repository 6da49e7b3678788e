//! Finds and opens the folder of signing keys, for the commands that work on one.

#[cfg(feature = "serve")]
use crate::flags::DataFlags;
use crate::key_file::{contents, name};
use crate::{Stop, print_message};
use glowband_core::Clock;
use glowband_issue::{Algorithm, KeyEncryptionKey, KeyFolder, KeyFolderError, UnixSeconds, UnusableKeyFile};
use glowband_verify::SystemClock;
use std::path::{Path, PathBuf};

/// The flags that name the folder: the settings of a server, or `--folder`.
#[derive(clap::Args)]
pub(super) struct Place {
    /// Use this folder of keys instead of the server's
    #[cfg(feature = "serve")]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["data", "config"])]
    folder: Option<PathBuf>,
    /// The folder with the signing keys
    #[cfg(not(feature = "serve"))]
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    #[cfg(feature = "serve")]
    #[command(flatten)]
    settings: DataFlags,
}

impl Place {
    /// Opens the folder with the server's key-encryption key. Also returns the algorithm of the settings for new keys.
    #[cfg(feature = "serve")]
    pub(super) fn open(&self) -> Result<(KeyFolder, Option<Algorithm>), Stop> {
        if let Some(path) = &self.folder {
            return Ok((KeyFolder::new(path), None));
        }
        let settings = crate::operator::settings(&self.settings.0)?;
        if !settings.data.is_dir() {
            let data = name(&settings.data);
            return Err(Stop::Usage(format!(
                "{data}: there is no such folder; glowband serve creates it at its first start. Name another data folder \
                 with --data or --config, or a folder of keys with --folder"
            )));
        }
        let folder = glowband_server::admin::key_folder(&settings).map_err(|error| Stop::Usage(error.to_string()))?;
        Ok((folder, Some(settings.signing_algorithm)))
    }

    /// Opens the folder. A build without the server has no settings.
    #[cfg(not(feature = "serve"))]
    pub(super) fn open(&self) -> Result<(KeyFolder, Option<Algorithm>), Stop> {
        Ok((KeyFolder::new(&self.folder), None))
    }
}

/// Reads a key-encryption key from a file.
pub(super) fn key_encryption_key(path: &Path) -> Result<KeyEncryptionKey, Stop> {
    let key = KeyEncryptionKey::read(&contents(path)?);
    key.map_err(|error| Stop::Usage(format!("{}: {error}", name(path))))
}

pub(super) fn now() -> Result<UnixSeconds, Stop> {
    SystemClock.now().ok_or_else(|| Stop::usage("the system's clock is set before 1970"))
}

pub(super) fn failed(error: KeyFolderError) -> Stop {
    Stop::Usage(error.to_string())
}

/// Prints a line for each file that cannot be used.
pub(super) fn report_unusable(unusable: &[UnusableKeyFile]) {
    unusable.iter().for_each(|file| print_message("unusable", &file.to_string()));
}

/// Returns an error if the folder does not exist.
pub(super) fn existing(path: &Path) -> Result<(), Stop> {
    if path.is_dir() {
        return Ok(());
    }
    let shown = name(path);
    Err(Stop::Usage(format!("{shown}: there is no such folder; glowband keys rotate --folder {shown} creates it")))
}
