//! How quick the stores are here, and whether that changes with the number of sessions: `cargo test --workspace
//! --all-features --test contract -- --ignored --nocapture figures`.

use glowband_session::{Login, MemoryStore, RefreshKeys, Rules, SessionStore, Sessions};
use glowband_storage::{PostgresDatabase, PostgresStore, SqliteDatabase, SqliteStore};
use glowband_test_postgres::{PrivatePostgres, wanted};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const CLIENTS: usize = 16;
const REFRESHES: usize = 400;
const FEW: i64 = 1_000;
const MANY: i64 = 1_000_000;

/// Refreshes by clients that each go on as soon as they are answered: how many in a second, and how long each keeps a
/// processor busy in this process.
async fn refreshes(store: Arc<dyn SessionStore>) -> String {
    let server = Sessions::new(store, RefreshKeys::new(1, &[1; 32]).unwrap(), Rules::default());
    let mut clients = JoinSet::new();
    let mut tokens = Vec::new();
    for _ in 0..CLIENTS {
        tokens.push(server.open(Login::new("alice", "app")).await.unwrap().token);
    }
    let (begun, busy) = (Instant::now(), processor_time());
    for mut newest in tokens {
        let server = server.clone();
        clients.spawn(async move {
            for _ in 0..REFRESHES {
                newest = server.refresh(newest.as_str(), "app").await.unwrap().token;
            }
        });
    }
    clients.join_all().await;
    let all = u32::try_from(CLIENTS * REFRESHES).unwrap();
    let per_second = f64::from(all) / begun.elapsed().as_secs_f64();
    format!(
        "{per_second:.0} refreshes a second, {} µs each of this process",
        ((processor_time() - busy) / all).as_micros()
    )
}

/// Of all threads so far, in hundredths of a second as Linux counts.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    Duration::from_millis(10 * fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "takes minutes, and shows figures instead of failing"]
async fn refreshes_with_few_and_many_sessions() {
    let figure = refreshes(Arc::new(MemoryStore::new())).await;
    crate::say(&format!("memory: {figure}"));

    let folder = crate::sqlite::folder::Folder::new();
    let database = SqliteDatabase::open(folder.path("sessions.sqlite")).await.unwrap();
    for (sessions, text) in [(0, "a new file"), (FEW, "a thousand"), (MANY, "a million")] {
        let fill = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1) \
            INSERT INTO sessions (id, user_id, client, label, salt, generation, key_id, state, created_at, rotated_at, \
            last_seen_at, idle_expires_at, absolute_expires_at) \
            SELECT randomblob(16), 'user-' || n, 'app', 'Firefox on Linux', randomblob(16), 0, 1, 'open', n, n, n, \
            9000000000000, 9000000000000 + n FROM n WHERE ?1 > 0";
        sqlx::query(fill).bind(sessions).execute(database.writer()).await.unwrap();
        let figure = refreshes(Arc::new(SqliteStore::new(database.clone()))).await;
        crate::say(&format!("SQLite with {text}: {figure}"));
    }

    if wanted().is_none() {
        return;
    }
    let postgres = PrivatePostgres::start_durable().unwrap();
    let database = PostgresDatabase::connect(&postgres.fresh_database().unwrap()).await.unwrap();
    for (sessions, text) in [(0, "an empty table"), (FEW, "a thousand"), (MANY, "a million")] {
        let fill = "INSERT INTO sessions (id, user_id, client, label, salt, generation, key_id, state, created_at, rotated_at, \
            last_seen_at, idle_expires_at, absolute_expires_at) \
            SELECT decode(md5(n || '-' || $1), 'hex'), 'user-' || n, 'app', 'Firefox on Linux', decode(md5(n::text), 'hex'), \
            0, 1, 'open', n, n, n, 9000000000000, 9000000000000 + n FROM generate_series(1, $1) AS n";
        // Without the time limit of ordinary questions.
        let mut connection = database.pool().acquire().await.unwrap();
        sqlx::query("SET statement_timeout = 0").execute(&mut *connection).await.unwrap();
        sqlx::query(fill).bind(sessions).execute(&mut *connection).await.unwrap();
        sqlx::query("VACUUM ANALYZE sessions").execute(&mut *connection).await.unwrap();
        drop(connection);
        let figure = refreshes(Arc::new(PostgresStore::new(database.clone()))).await;
        crate::say(&format!("PostgreSQL with {text}: {figure}"));
    }
}
