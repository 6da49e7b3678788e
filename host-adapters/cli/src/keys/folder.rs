//! What the commands about a folder of signing keys have in common.

#[cfg(feature = "serve")]
use crate::flags::DataFlags;
use crate::key_file::{contents, name};
use crate::{Stop, complain};
use glowband_core::Clock;
use glowband_issue::{Algorithm, KeyEncryptionKey, KeyFolder, KeyFolderError, UnixSeconds, UnusableKeyFile};
use glowband_verify::SystemClock;
use std::path::{Path, PathBuf};

/// The folder that a command is about: a server's own by its settings, or another one.
#[derive(clap::Args)]
pub(super) struct Place {
    /// Another folder of keys, whatever the settings say
    #[cfg(feature = "serve")]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["data", "config"])]
    folder: Option<PathBuf>,
    /// The folder of keys
    #[cfg(not(feature = "serve"))]
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    #[cfg(feature = "serve")]
    #[command(flatten)]
    settings: DataFlags,
}

impl Place {
    /// The folder, encrypted as its server has it, and what the settings say that new keys are for.
    #[cfg(feature = "serve")]
    pub(super) fn open(&self) -> Result<(KeyFolder, Option<Algorithm>), Stop> {
        if let Some(path) = &self.folder {
            return Ok((KeyFolder::new(path), None));
        }
        let settings = crate::operator::settings(&self.settings.0)?;
        if !settings.data.is_dir() {
            let data = name(&settings.data);
            return Err(Stop::Usage(format!(
                "{data}: there is no such folder; glowband serve makes it, --data or --config names another one, \
                 and --folder one with keys alone"
            )));
        }
        let folder = glowband_server::admin::key_folder(&settings).map_err(|error| Stop::Usage(error.to_string()))?;
        Ok((folder, Some(settings.signing_algorithm)))
    }

    /// The folder. Without a server there are no settings.
    #[cfg(not(feature = "serve"))]
    pub(super) fn open(&self) -> Result<(KeyFolder, Option<Algorithm>), Stop> {
        Ok((KeyFolder::new(&self.folder), None))
    }
}

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
