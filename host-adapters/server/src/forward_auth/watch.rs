//! Fetches of an issuer's keys, told to operators: when they begin to fail, when they fail otherwise, when they go well again.

use glowband_verify::RemoteKeySet;

/// Logs what changes, for ever. Nothing that the issuer sent is in a line.
pub(super) async fn fetches(issuer: String, keys: RemoteKeySet) {
    let issuer = issuer.as_str();
    let (mut failing, mut generation) = (None, 0);
    loop {
        let fetched = keys.fetched();
        let status = keys.status();
        let error = status.last_error.map(|error| error.to_string());
        if error != failing {
            match &error {
                Some(error) => {
                    tracing::warn!(issuer, keys = status.keys, "The issuer's keys cannot be fetched. {error}")
                }
                None => tracing::info!(issuer, keys = status.keys, "The issuer's keys are fetched again."),
            }
            failing = error;
        }
        // Before the first set that could be used, no key is in force; why is said above.
        if status.generation != generation && status.keys > 0 {
            generation = status.generation;
            tracing::info!(issuer, keys = status.keys, skipped = status.skipped, "The issuer's keys are in force.");
            for key in keys.keys().snapshot().keys().skipped() {
                tracing::warn!(issuer, "Left out of the issuer's keys: {key}");
            }
        }
        fetched.await;
    }
}
