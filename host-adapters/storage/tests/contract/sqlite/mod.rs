//! SQLite.

mod faults;
mod files;
pub(crate) mod folder;
mod killed;
mod schema;

use folder::Folder;
use glowband_session::contract::{Backend, Subject};
use glowband_session::{ManualClock, RefreshKeys, Rules, SessionStore, Sessions, Timestamp};
use glowband_storage::{SqliteDatabase, SqliteStore};
use std::sync::Arc;

struct Sqlite;

impl Backend for Sqlite {
    async fn fresh(&self) -> Subject {
        let clock = Arc::new(ManualClock::at(Timestamp(1_700_000_000_000)));
        let folder = Folder::new();
        let database = SqliteDatabase::open(folder.path("sessions.sqlite")).await.unwrap();
        let store = SqliteStore::with_clock(database, clock.clone());
        Subject::new(Arc::new(store), move |time| {
            // Kept until the last use.
            let _ = &folder;
            clock.advance(time);
            Box::pin(async {})
        })
    }
}

glowband_session::store_contract!(Some(Sqlite));

/// A server on this file.
fn sessions(database: &SqliteDatabase) -> Sessions {
    sessions_in(Arc::new(SqliteStore::new(database.clone())))
}

fn sessions_in(store: Arc<dyn SessionStore>) -> Sessions {
    Sessions::new(store, RefreshKeys::new(1, &[1; 32]).unwrap(), Rules::default())
}
