//! SIGHUP: keys from a file are read again; whatever is wrong with the new file leaves the old keys in force.

use super::key_file::KeyFile;
use crate::signals::Hangups;
use glowband_verify::LiveKeys;

/// Reads the file again at every hangup, for ever.
pub(super) async fn file(mut hangups: Hangups, file: KeyFile, keys: LiveKeys) {
    loop {
        hangups.next().await;
        match file.read() {
            Ok(read) => {
                tracing::info!(%file, keys = read.key_count(), "The keys were read again.");
                keys.replace(read);
            }
            Err(error) => tracing::error!(%error, "The keys stay as they were."),
        }
    }
}

/// Says, at every hangup, that there is nothing to read.
pub(super) async fn nothing(mut hangups: Hangups) {
    loop {
        hangups.next().await;
        tracing::info!("The keys come from their issuer and are fetched by schedule; SIGHUP reads nothing.");
    }
}
