//! PostgreSQL: a private one that all tests of this process share, a database for each.

mod address;
mod locks;
mod outage;
mod plans;
mod schema;
mod servers;

use glowband_session::contract::{Backend, Subject};
use glowband_session::{RefreshKeys, Rules, Sessions};
use glowband_storage::{PostgresDatabase, PostgresStore};
use glowband_test_postgres::{PrivatePostgres, wanted};
use std::sync::Arc;
use std::time::Duration;

struct Postgres(&'static PrivatePostgres);

impl Backend for Postgres {
    async fn fresh(&self) -> Subject {
        let database = PostgresDatabase::connect(&self.0.fresh_database().unwrap()).await.unwrap();
        let store = PostgresStore::new(database.clone());
        Subject::new(Arc::new(store), move |time| {
            let database = database.clone();
            Box::pin(async move { move_back(&database, time).await })
        })
    }
}

/// Time passes: everything was that much earlier.
const MOVE_BACK: &str = "UPDATE sessions SET created_at = created_at - $1, rotated_at = rotated_at - $1, \
    last_seen_at = last_seen_at - $1, idle_expires_at = idle_expires_at - $1, \
    absolute_expires_at = absolute_expires_at - $1, ended_number = ended_number - $1 * 1000";

async fn move_back(database: &PostgresDatabase, time: Duration) {
    let millis = i64::try_from(time.as_millis()).unwrap();
    sqlx::query(MOVE_BACK).bind(millis).execute(database.pool()).await.unwrap();
}

glowband_session::store_contract!(wanted().map(Postgres));

/// A database of one's own in the shared cluster; `None` on a machine without PostgreSQL.
async fn database() -> Option<PostgresDatabase> {
    let url = wanted()?.fresh_database().unwrap();
    Some(PostgresDatabase::connect(&url).await.unwrap())
}

/// A server on this database.
fn sessions(database: &PostgresDatabase) -> Sessions {
    let store = Arc::new(PostgresStore::new(database.clone()));
    Sessions::new(store, RefreshKeys::new(1, &[1; 32]).unwrap(), Rules::default())
}

async fn run(database: &PostgresDatabase, statement: &'static str) {
    sqlx::query(statement).execute(database.pool()).await.unwrap();
}
