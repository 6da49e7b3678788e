//! A file with keys, which the gate reads when it starts and at each SIGHUP.

use glowband_verify::{KeyReader, KeySet, MAX_KEY_FILE};
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The path of a key file, and whether it is an HMAC secret.
#[derive(Clone, Debug)]
pub(super) struct KeyFile {
    path: PathBuf,
    secret: bool,
}

impl KeyFile {
    /// Names a file with a JWK, a JWK set, or PEM.
    pub(super) fn keys(path: PathBuf) -> Self {
        Self { path, secret: false }
    }

    /// Names a file whose bytes are an HMAC secret.
    pub(super) fn secret(path: PathBuf) -> Self {
        Self { path, secret: true }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Returns a message that begins with the file's name.
    pub(super) fn read(&self) -> Result<KeySet, String> {
        let limit = u64::try_from(MAX_KEY_FILE).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_KEY_FILE + 64));
        let read = File::open(&self.path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
        read.map_err(|error| format!("{self}: {error}"))?;
        let reader = KeyReader::new();
        let keys = if self.secret { reader.secret(&bytes) } else { reader.parse(&bytes) };
        keys.map_err(|error| {
            let refusal = error.refusal();
            format!("{self}: {} {}: {error}", refusal.code(), refusal.name())
        })
    }
}

impl fmt::Display for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}
