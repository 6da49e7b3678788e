//! A SQLite file: creates it, opens it, and brings its tables up to date.

use super::SqliteChange;
use super::rotator::Rotator;
use crate::database_error::{DatabaseError, store_error};
use crate::migrations::{self, Migrations};
use glowband_session::{StoreError, StoreErrorKind};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};
use std::fmt;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a connection waits for another process, and a task for a connection.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Readers do not wait for each other nor for the writer.
const READERS: u32 = 4;
/// How large the write-ahead log stays when it is not in use.
const LOG_BYTES: &str = "67108864";
/// Pages that each connection keeps: 16 MiB.
const CACHE: &str = "-16384";
/// Pages in the write-ahead log, 16 MiB, at which they are moved into the file. Each time the disk is waited for, twice,
/// while rotations wait; SQLite's own 1000 pages are four times as often.
const CHECKPOINT: &str = "4000";

/// A SQLite file that holds sessions, and other tables if one likes: write-ahead log, foreign keys, one writer and
/// several readers. A clone is a second handle.
///
/// Other processes may use the same file on the same machine; never over a network file system.
#[derive(Clone)]
pub struct SqliteDatabase {
    path: PathBuf,
    writing: SqliteConnectOptions,
    readers: SqlitePool,
    writer: SqlitePool,
    rotator: Arc<Rotator>,
}

impl SqliteDatabase {
    /// Opens the file, or creates it for this user alone (mode 0600), and brings the tables of sessions up to date.
    ///
    /// # Errors
    /// [`StoreErrorKind::Schema`] if a later program has been at it, [`StoreErrorKind::NotPermitted`],
    /// [`StoreErrorKind::ReadOnly`], [`StoreErrorKind::Full`], [`StoreErrorKind::Damaged`] for what is no database.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        create(path)?;
        let writing = options(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
        let rotating = options(path).synchronous(SqliteSynchronous::Normal);
        let database = Self {
            path: path.to_owned(),
            writer: pool(1).connect_lazy_with(writing.clone()),
            rotator: Arc::new(Rotator::new(rotating)),
            readers: pool(READERS).connect_lazy_with(options(path).pragma("query_only", "ON")),
            writing,
        };
        database.migrate(&migrations::SESSION_SQLITE).await?;
        Ok(database)
    }

    /// Brings further tables up to date, those of a program that shares the file. Either all steps are applied, or none.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn migrate(&self, migrations: &Migrations) -> Result<(), StoreError> {
        let migrated = async {
            // Another process that starts at the same time waits, and then finds it done.
            let mut connection = self.writing.connect().await?;
            let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
            migrations.apply(&mut *change, false).await?;
            change.commit().await?;
            Ok::<_, DatabaseError>(connection.close().await?)
        };
        migrated.await.map_err(|error| at(&self.path, error.into()))
    }

    /// Connections that read, and refuse to write.
    pub fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// The one connection that writes, for single statements; [`change`](Self::change) is for several. What it has
    /// committed survives a loss of power (`synchronous = FULL`).
    pub fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// Begins a change of several statements by the one connection that writes.
    ///
    /// # Errors
    /// [`StoreErrorKind::Unavailable`] if others hold the file for more than five seconds.
    pub async fn change(&self) -> Result<SqliteChange, StoreError> {
        SqliteChange::begin(&self.writer).await
    }

    /// The connection for rotations alone. What it has committed survives the end of the process, but may be lost with the
    /// power (`synchronous = NORMAL`); see [`SqliteStore`](super::SqliteStore).
    pub(super) fn rotator(&self) -> &Rotator {
        &self.rotator
    }

    /// The path that it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes all connections; handles and clones answer [`StoreErrorKind::Unavailable`] from then on.
    pub async fn close(&self) {
        self.rotator.close().await;
        self.readers.close().await;
        // The last one moves what is in the log into the file.
        self.writer.close().await;
    }
}

impl fmt::Debug for SqliteDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteDatabase").field("path", &self.path).finish_non_exhaustive()
    }
}

/// SQLite gives the files beside it (`-wal`, `-shm`) the same mode.
fn create(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(at(path, StoreError::new(StoreErrorKind::Other, error.to_string())))
        }
        Err(error) => Err(at(path, store_error(sqlx::Error::Io(error)))),
        Ok(_) => Ok(()),
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .pragma("cache_size", CACHE)
        .pragma("journal_size_limit", LOG_BYTES)
        .pragma("wal_autocheckpoint", CHECKPOINT)
        .pragma("trusted_schema", "OFF")
}

/// Connections to a file do not break, so they are neither tested nor renewed.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

fn at(path: &Path, error: StoreError) -> StoreError {
    StoreError::new(error.kind(), format!("{}: {}", path.display(), error.text())).with_cause(error)
}
