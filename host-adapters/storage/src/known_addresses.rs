//! The table `known_addresses`: the networks from which users have logged in.

use glowband_session::StoreFuture;
use std::time::Duration;

/// The known networks of a database.
pub trait KnownAddresses: Send + Sync {
    /// Records that a user has logged in from a network. A record that is younger than `refreshed_after` is not written
    /// again. Of the records of one user, the `most` that were seen last are kept.
    fn record<'a>(
        &'a self,
        user_id: &'a str,
        network: &'a str,
        refreshed_after: Duration,
        most: u32,
    ) -> StoreFuture<'a, ()>;

    /// Returns whether the user with this `email_key` was seen in the network within the given time.
    fn contains<'a>(&'a self, email_key: &'a str, network: &'a str, within: Duration) -> StoreFuture<'a, bool>;

    /// Deletes records that are older than `keep`, in batches. Returns how many.
    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64>;
}
