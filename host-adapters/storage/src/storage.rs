//! All tables of a login server behind one value.

use crate::audit_log::AuditLog;
use crate::key_binding::KeyBinding;
use crate::known_addresses::KnownAddresses;
use crate::live_logins::LiveLogins;
use crate::opaque_tokens::OpaqueTokens;
use crate::personal_tokens::PersonalTokens;
use crate::users::Users;
use glowband_session::SessionStore;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// A database with all tables.
///
/// A method of one table may see the effects of a method of another: an opaque token is found only while its session is
/// alive and its user enabled. So a type implements all of these traits, over one database with one clock.
pub trait Tables:
    Users + OpaqueTokens + PersonalTokens + AuditLog + KeyBinding + KnownAddresses + LiveLogins + fmt::Debug
{
    /// Returns the sessions.
    fn sessions(&self) -> Arc<dyn SessionStore>;

    /// Returns the pools of connections and their sizes.
    fn pools(&self) -> Vec<PoolSize>;

    /// Closes all connections. Every later call fails with
    /// [`Unavailable`](glowband_session::StoreErrorKind::Unavailable).
    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The size of a pool of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSize {
    /// The name of the pool: `readers`, `writer`, `postgres`.
    pub name: &'static str,
    /// How many connections are open.
    pub open: u32,
    /// How many of them are not in use.
    pub idle: u32,
}

/// An open database, whichever it is. A clone is a second handle.
#[derive(Clone)]
pub struct Storage(Arc<dyn Tables>);

impl Storage {
    /// Wraps an open database.
    pub fn new(tables: impl Tables + 'static) -> Self {
        Self(Arc::new(tables))
    }

    /// Returns the table of users.
    pub fn users(&self) -> &dyn Users {
        &*self.0
    }

    /// Returns the table of sessions.
    pub fn sessions(&self) -> Arc<dyn SessionStore> {
        self.0.sessions()
    }

    /// Returns the table of opaque tokens.
    pub fn opaque_tokens(&self) -> &dyn OpaqueTokens {
        &*self.0
    }

    /// Returns the table of personal tokens.
    pub fn personal_tokens(&self) -> &dyn PersonalTokens {
        &*self.0
    }

    /// Returns the audit log.
    pub fn audit_log(&self) -> &dyn AuditLog {
        &*self.0
    }

    /// Returns the binding to refresh secrets.
    pub fn key_binding(&self) -> &dyn KeyBinding {
        &*self.0
    }

    /// Returns the table of known addresses.
    pub fn known_addresses(&self) -> &dyn KnownAddresses {
        &*self.0
    }

    /// Returns the live logins.
    pub fn live_logins(&self) -> &dyn LiveLogins {
        &*self.0
    }

    /// Returns the pools of connections and their sizes.
    pub fn pools(&self) -> Vec<PoolSize> {
        self.0.pools()
    }

    /// Closes all connections, see [`Tables::close`].
    pub async fn close(&self) {
        self.0.close().await;
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Storage").field(&self.0).finish()
    }
}
