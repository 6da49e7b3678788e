//! Databases for tests: a file whose clock is set by hand, and one of a private PostgreSQL where there is one.

use super::Database;
use crate::accounts::{Accounts, Email, User};
use crate::passwords::StoredPassword;
use glowband_session::{Login, ManualClock, RefreshKeys, Refreshed, Rules, Sessions, Timestamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A new database for one test, gone afterwards.
pub(crate) struct Place {
    pub(crate) database: Database,
    clock: Option<Arc<ManualClock>>,
    folder: Option<PathBuf>,
}

/// Holds a law on both databases.
pub(crate) async fn on_both(law: impl AsyncFn(&Place)) {
    let place = Place::sqlite().await;
    law(&place).await;
    place.database.close().await;
    if let Some(place) = Place::postgres().await {
        law(&place).await;
        place.database.close().await;
    }
}

/// Shifting all that was written into the past is as good as moving the clock of PostgreSQL.
const SHIFT: &[&str] = &[
    "UPDATE users SET created_at = created_at - $1, password_changed_at = password_changed_at - $1, \
     disabled_at = disabled_at - $1",
    "UPDATE personal_tokens SET created_at = created_at - $1, expires_at = expires_at - $1, \
     last_used_at = last_used_at - $1, revoked_at = revoked_at - $1",
    "UPDATE opaque_tokens SET issued_at = issued_at - $1, expires_at = expires_at - $1",
    "UPDATE audit_events SET at = at - $1",
    "UPDATE known_addresses SET seen_at = seen_at - $1",
    "UPDATE sessions SET created_at = created_at - $1, rotated_at = rotated_at - $1, last_seen_at = last_seen_at - $1, \
     idle_expires_at = idle_expires_at - $1, absolute_expires_at = absolute_expires_at - $1",
];

impl Place {
    pub(crate) async fn sqlite() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("glowband-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp(1_700_000_000_000)));
        let database = Database::sqlite_with_clock(&folder.join("accounts.sqlite"), clock.clone()).await.unwrap();
        Self { database, clock: Some(clock), folder: Some(folder) }
    }

    pub(crate) async fn postgres() -> Option<Self> {
        let url = glowband_test_postgres::wanted()?.fresh_database().unwrap();
        let database = Database::postgres(&url, 8).await.unwrap();
        Some(Self { database, clock: None, folder: None })
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    pub(crate) async fn let_pass(&self, time: Duration) {
        if let Some(clock) = &self.clock {
            clock.advance(time);
        }
        if let Database::Postgres(database) = &self.database {
            for shift in SHIFT {
                sqlx::query(*shift).bind(super::milliseconds(time)).execute(database.pool()).await.unwrap();
            }
        }
    }

    /// A statement that is the same for both.
    pub(crate) async fn execute(&self, sql: &'static str) -> Result<u64, sqlx::Error> {
        match &self.database {
            Database::Sqlite(file) => Ok(sqlx::query(sql).execute(file.file.writer()).await?.rows_affected()),
            Database::Postgres(database) => Ok(sqlx::query(sql).execute(database.pool()).await?.rows_affected()),
        }
    }

    pub(crate) fn accounts(&self) -> Accounts {
        Accounts::new(self.database.clone())
    }

    pub(crate) async fn user(&self, email: &str) -> User {
        let password = StoredPassword::from_database("$argon2id$".to_owned());
        self.accounts().create(&Email::parse(email).unwrap(), &password).await.unwrap().unwrap()
    }

    pub(crate) fn sessions(&self) -> Sessions {
        self.database.sessions(RefreshKeys::generate().unwrap(), Rules::default())
    }

    pub(crate) async fn login(&self, user: &User) -> Refreshed {
        self.sessions().open(Login::new(&user.id, "app").scope(Some("read write"))).await.unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
