//! The networks from which users have registered or logged in. A user is not locked out from these while attackers try the
//! password. They are kept for thirty days, in the database, for all its servers.

use crate::accounts::{Email, UserId};
use crate::attempts::network;
use glowband_session::StoreError;
use glowband_storage::Storage;
use std::net::IpAddr;
use std::time::Duration;

/// How long a network stays known after a login.
pub(crate) const KNOWN_FOR: Duration = Duration::from_secs(30 * 86_400);
/// A row is written again only when it is older than this.
const REFRESHED_AFTER: Duration = Duration::from_secs(86_400);
/// How many networks are kept for one user: those that were seen last.
const MOST: u32 = 16;

/// The known networks of a database. A clone is a second handle.
#[derive(Clone, Debug)]
pub(crate) struct KnownAddresses {
    storage: Storage,
}

impl KnownAddresses {
    pub(crate) fn new(storage: Storage) -> Self {
        Self { storage }
    }

    /// Records the network of a login that has succeeded. Does nothing for a user who was deleted in between.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn keep(&self, user: &UserId, from: IpAddr) -> Result<(), StoreError> {
        self.storage.known_addresses().record(user, &network(from).to_string(), REFRESHED_AFTER, MOST).await
    }

    /// Returns whether the user of this e-mail address has logged in from this network.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn contains(&self, account: &Email, from: IpAddr) -> Result<bool, StoreError> {
        self.storage.known_addresses().contains(account.key(), &network(from).to_string(), KNOWN_FOR).await
    }

    /// Deletes networks that were not seen for thirty days. Returns how many rows.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn prune(&self) -> Result<u64, StoreError> {
        self.storage.known_addresses().prune(KNOWN_FOR).await
    }
}
