//! A private PostgreSQL for tests: a cluster of its own in a temporary folder, on a port of its own on the loopback
//! address. It ends with the process that started it, even if that is killed.
//!
//! The distribution's own cluster is neither used nor touched. `initdb` refuses to run as root; a test that does is
//! given the account `postgres`, or `nobody`.

#![cfg(unix)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod account;
mod cluster;
mod processes;
mod programs;
mod proxy;
mod shared;
mod watcher;

use cluster::Cluster;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use watcher::Watcher;

pub use proxy::{Mute, Proxy};
pub use shared::{demanded, shared, wanted};

/// A running PostgreSQL with its data in a temporary folder. Dropping it stops it and removes the folder.
pub struct PrivatePostgres {
    cluster: Cluster,
    /// Does the same when this process ends without dropping anything.
    _watcher: Watcher,
    databases: AtomicU32,
}

impl PrivatePostgres {
    /// Starts one that does not wait for the disk: quick, and safe against everything but a loss of power.
    ///
    /// # Errors
    /// What went wrong, in words; the Debian package, if PostgreSQL is missing.
    pub fn start() -> Result<Self, String> {
        Self::start_with(&["fsync=off", "full_page_writes=off"])
    }

    /// Starts one that waits for the disk as in real life.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_durable() -> Result<Self, String> {
        Self::start_with(&[])
    }

    fn start_with(settings: &[&str]) -> Result<Self, String> {
        let programs = programs::find()?;
        let folder = cluster::folder()?;
        // From here on, what is begun is also ended.
        let watcher = Watcher::over(&programs, &folder)?;
        let cluster = Cluster::create(programs, folder, settings)?;
        cluster.start()?;
        Ok(Self { cluster, _watcher: watcher, databases: AtomicU32::new(0) })
    }

    /// Starts another server on a port of its own as a standby of this one: with all its data, and what changes from now on.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn standby(&self) -> Result<Self, String> {
        let programs = programs::find()?;
        let folder = cluster::folder()?;
        let watcher = Watcher::over(&programs, &folder)?;
        let cluster = Cluster::standby_of(&self.cluster, programs, folder)?;
        cluster.start()?;
        // It makes no databases of its own; numbers that the first one gives are not given again.
        let databases = AtomicU32::new(self.databases.load(Ordering::Relaxed));
        Ok(Self { cluster, _watcher: watcher, databases })
    }

    /// Makes a standby a primary. The first one goes on as it is.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn promote(&self) -> Result<(), String> {
        self.cluster.promote()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.cluster.port()
    }

    /// The URL of a new, empty database.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn fresh_database(&self) -> Result<String, String> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.cluster.create_database(&name)?;
        Ok(self.url(&name))
    }

    /// The URL of a database by its name.
    pub fn url(&self, database: &str) -> String {
        self.cluster.url(database)
    }

    /// Stops it in order; its data stays. Connections are cut.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn stop(&self) -> Result<(), String> {
        self.cluster.stop("fast")
    }

    /// Stops it as a crash would: it recovers at the next start.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn kill(&self) -> Result<(), String> {
        self.cluster.stop("immediate")
    }

    /// Starts it again on the same port after [`stop`](Self::stop) or [`kill`](Self::kill).
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn start_again(&self) -> Result<(), String> {
        self.cluster.start()
    }

    /// Holds all its processes, so that it does not answer and no connection breaks: a machine that hangs. Linux only.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn freeze(&self) -> Result<(), String> {
        processes::freeze(self.cluster.process()?)
    }

    /// Lets them go on.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn thaw(&self) -> Result<(), String> {
        processes::thaw(self.cluster.process()?)
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        let _ = self.thaw();
        // It may have been stopped already; the watcher, which is next to go, finds nothing left to do then.
        let _ = self.kill();
        self.cluster.remove();
    }
}

impl fmt::Debug for PrivatePostgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivatePostgres").field("folder", &self.cluster.folder()).finish_non_exhaustive()
    }
}
