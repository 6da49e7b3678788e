//! Databases for tests: a SQLite file whose clock the test sets, and a database of a private PostgreSQL if there is one.

use glowband_session::{Login, ManualClock, RefreshKeys, Refreshed, Rules, SessionId, Sessions, Timestamp};
use glowband_storage::{
    Act, Ends, LiveLogin, NewUser, PostgresDatabase, PostgresStorage, SqliteStorage, Storage, UserRow,
};
use glowband_test_postgres::wanted;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A new database for one test, removed afterwards.
pub(crate) struct TestDatabase {
    pub(crate) storage: Storage,
    kind: Kind,
}

// One value of it exists for each test.
#[allow(clippy::large_enum_variant)]
enum Kind {
    Sqlite { storage: SqliteStorage, clock: Arc<ManualClock>, folder: PathBuf },
    Postgres(PostgresStorage),
}

/// Runs a test on each database, one after the other.
pub(crate) async fn on_both(test: impl AsyncFn(&TestDatabase)) {
    let database = TestDatabase::sqlite().await;
    test(&database).await;
    database.storage.close().await;
    if let Some(database) = TestDatabase::postgres().await {
        test(&database).await;
        database.storage.close().await;
    }
}

/// The clock of PostgreSQL cannot be set. Moving all stored times into the past has the same effect.
const MOVE_BACK: &[&str] = &[
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

impl TestDatabase {
    pub(crate) async fn sqlite() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("glowband-storage-tables-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp(1_700_000_000_000)));
        let storage = SqliteStorage::open_with_clock(folder.join("tables.sqlite"), clock.clone()).await.unwrap();
        Self { storage: storage.clone().into(), kind: Kind::Sqlite { storage, clock, folder } }
    }

    async fn postgres() -> Option<Self> {
        let url = wanted()?.fresh_database().unwrap();
        let storage = PostgresStorage::connect(&url, 8).await.unwrap();
        Some(Self { storage: storage.clone().into(), kind: Kind::Postgres(storage) })
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.kind, Kind::Sqlite { .. })
    }

    /// The folder of the SQLite file.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Sqlite { folder, .. } => Some(folder),
            Kind::Postgres(_) => None,
        }
    }

    /// Opens the same database once more, as the next start of a program does.
    pub(crate) async fn open_again(&self) -> Result<Storage, glowband_session::StoreError> {
        match &self.kind {
            Kind::Sqlite { storage, .. } => Ok(SqliteStorage::open(storage.database().path()).await?.into()),
            Kind::Postgres(storage) => {
                let database: &PostgresDatabase = storage.database();
                Ok(PostgresStorage::over(database.clone()).await?.into())
            }
        }
    }

    pub(crate) async fn let_pass(&self, time: Duration) {
        match &self.kind {
            Kind::Sqlite { clock, .. } => clock.advance(time),
            Kind::Postgres(storage) => {
                let milliseconds = i64::try_from(time.as_millis()).unwrap();
                for statement in MOVE_BACK {
                    let move_back = sqlx::query(*statement).bind(milliseconds);
                    move_back.execute(storage.database().pool()).await.unwrap();
                }
            }
        }
    }

    /// Runs a statement that both databases understand.
    pub(crate) async fn execute(&self, sql: &'static str) -> Result<u64, sqlx::Error> {
        match &self.kind {
            Kind::Sqlite { storage, .. } => {
                Ok(sqlx::query(sql).execute(storage.database().writer()).await?.rows_affected())
            }
            Kind::Postgres(storage) => Ok(sqlx::query(sql).execute(storage.database().pool()).await?.rows_affected()),
        }
    }

    /// Counts rows of the SQLite file.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let Kind::Sqlite { storage, .. } = &self.kind else { panic!("a statement for SQLite") };
        sqlx::query_scalar(sql).fetch_one(storage.database().readers()).await.unwrap()
    }

    /// Reads a time by a statement that both databases understand; its parameter is a text.
    pub(crate) async fn time(&self, sql: &'static str, parameter: &str) -> Option<Timestamp> {
        let query = sqlx::query_as::<_, (Option<i64>,)>(sql).bind(parameter);
        let found = match &self.kind {
            Kind::Sqlite { storage, .. } => query.fetch_optional(storage.database().readers()).await.unwrap(),
            Kind::Postgres(storage) => {
                let query = sqlx::query_as::<_, (Option<i64>,)>(sql).bind(parameter);
                query.fetch_optional(storage.database().pool()).await.unwrap()
            }
        };
        found.and_then(|(time,)| time).map(|time| Timestamp(time.unsigned_abs()))
    }

    /// Adds a user with an id of its own.
    pub(crate) async fn user(&self, email: &str) -> UserRow {
        self.try_user(email, "$argon2id$").await.unwrap()
    }

    /// Adds a user, unless the address is taken.
    pub(crate) async fn try_user(&self, email: &str, password: &str) -> Option<UserRow> {
        let (id, email_key) = (user_id(), email.to_lowercase());
        let new = NewUser { id: &id, email, email_key: &email_key, password };
        self.storage.users().create(new).await.unwrap()
    }

    pub(crate) fn sessions(&self) -> Sessions {
        Sessions::new(self.storage.sessions(), RefreshKeys::generate().unwrap(), Rules::default())
    }

    pub(crate) async fn login(&self, user: &UserRow) -> Refreshed {
        self.sessions().open(Login::new(&user.id, "app").scope(Some("read write"))).await.unwrap()
    }

    pub(crate) async fn live_login(&self, id: SessionId, user: &UserRow) -> LiveLogin {
        self.storage.live_logins().find(id, &user.id).await.unwrap().expect("the login is alive")
    }

    /// Begins an act of a new login.
    pub(crate) async fn act(&self, user: &UserRow) -> Act {
        let session = self.login(user).await.session;
        let login = self.live_login(session.id, user).await;
        self.storage.live_logins().act(&login, Ends::Own).await.unwrap()
    }
}

/// An id of a user that no other has.
pub(crate) fn user_id() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{:022}", COUNT.fetch_add(1, Ordering::Relaxed))
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Kind::Sqlite { folder, .. } = &self.kind {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
