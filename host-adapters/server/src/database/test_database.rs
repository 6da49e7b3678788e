//! A SQLite file for the tests of rules. The tables themselves are tested in `glowband-storage`, on both databases.

use crate::accounts::{Accounts, Email, User};
use crate::live_login::{Act, Ends, LiveLogin};
use crate::passwords::StoredPassword;
use glowband_session::{Login, ManualClock, RefreshKeys, Refreshed, Rules, Sessions, Timestamp};
use glowband_storage::{SqliteStorage, Storage};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A new database for one test, removed afterwards.
pub(crate) struct TestDatabase {
    pub(crate) storage: Storage,
    pub(crate) clock: Arc<ManualClock>,
    folder: PathBuf,
}

impl TestDatabase {
    pub(crate) async fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("glowband-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp(1_700_000_000_000)));
        let storage = SqliteStorage::open_with_clock(folder.join("accounts.sqlite"), clock.clone()).await.unwrap();
        Self { storage: storage.into(), clock, folder }
    }

    pub(crate) async fn user(&self, email: &str) -> User {
        let password = StoredPassword::from_database("$argon2id$".to_owned());
        let accounts = Accounts::new(self.storage.clone());
        accounts.create(&Email::parse(email).unwrap(), &password).await.unwrap().unwrap()
    }

    pub(crate) async fn login(&self, user: &User) -> Refreshed {
        let sessions = Sessions::new(self.storage.sessions(), RefreshKeys::generate().unwrap(), Rules::default());
        sessions.open(Login::new(&user.id, "app").scope(Some("read write"))).await.unwrap()
    }

    /// Opens a session and reads it.
    pub(crate) async fn live_login(&self, user: &User) -> LiveLogin {
        let id = self.login(user).await.session.id;
        LiveLogin::find(&self.storage, id, &user.id).await.unwrap().unwrap()
    }

    /// Begins an act of a new login.
    pub(crate) async fn act(&self, user: &User) -> Act {
        self.live_login(user).await.act(&self.storage, Ends::Own).await.unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
