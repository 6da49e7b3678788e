//! SIGHUP: keys from files are read again; whatever is wrong with a new file leaves the old keys in force.

use super::checked::KnownIssuer;
use super::key_origin::KeyOrigin;
use crate::signals::Hangups;

/// Reads the key files of these issuers again at every hangup, for ever.
pub(super) async fn at_hangups(mut hangups: Hangups, issuers: Vec<KnownIssuer>) {
    loop {
        hangups.next().await;
        for KnownIssuer { name: issuer, origin, keys } in &issuers {
            let KeyOrigin::File(file) = origin else {
                tracing::info!(
                    issuer,
                    "The keys come from an address and are fetched by schedule; SIGHUP reads nothing."
                );
                continue;
            };
            match file.read() {
                Ok(read) => {
                    tracing::info!(issuer, %file, keys = read.key_count(), "The keys were read again.");
                    for key in read.skipped() {
                        tracing::warn!(issuer, "Left out of {file}: {key}");
                    }
                    keys.replace(read);
                }
                Err(error) => tracing::error!(issuer, %error, "The keys stay as they were."),
            }
        }
    }
}
