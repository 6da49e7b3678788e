//! Keys from a file, read again on SIGHUP; whatever is wrong with the new file leaves the old keys in force.

use super::key_file::KeyFile;
use glowband_verify::LiveKeys;

/// Reads the file again whenever the process is told to, for ever.
#[cfg(unix)]
pub(super) async fn on_hangup(file: KeyFile, keys: LiveKeys) {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = match signal(SignalKind::hangup()) {
        Ok(hangups) => hangups,
        Err(error) => return tracing::error!(%error, "SIGHUP cannot be listened to; keys are not read again"),
    };
    while hangups.recv().await.is_some() {
        match file.read() {
            Ok(read) => {
                tracing::info!(%file, keys = read.len(), "keys read again");
                keys.replace(read);
            }
            Err(error) => tracing::error!(%error, "the keys stay as they were"),
        }
    }
}

/// Other systems have no such signal; there a new start brings new keys.
#[cfg(not(unix))]
pub(super) async fn on_hangup(_file: KeyFile, _keys: LiveKeys) {
    std::future::pending().await
}
