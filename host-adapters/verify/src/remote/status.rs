//! What metrics show of a remote key set.

use crate::remote::FetchError;
use std::time::Duration;

/// How a remote key set is doing. The counts run from its start.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeySetStatus {
    /// Since when the issuer last confirmed the keys; `None` until it did.
    pub age: Option<Duration>,
    /// The generation of the current keys. It rises when they change.
    pub generation: u64,
    /// The number of current keys.
    pub keys: usize,
    /// Keys of the set that cannot be used; the snapshot's keys say which and why.
    pub skipped: usize,
    /// Fetches that ended, well or not.
    pub fetches: u64,
    /// Those that did not end well.
    pub failures: u64,
    /// Fetches that began because a token named a key that was not there.
    pub refetches_by_unknown_kid: u64,
    /// Tokens that named such a key and got no fetch: it was asked for lately, or the rate was used up.
    pub refetches_refused: u64,
    /// Why the latest fetch failed; `None` if it did not.
    pub last_error: Option<FetchError>,
    /// The time until the next fetch begins; zero while one is running.
    pub next_fetch: Duration,
}
