//! A database that stops, crashes or hangs, and comes back.

use super::sessions;
use glowband_session::{Login, RefreshError, Sessions, State, StoreErrorKind};
use glowband_storage::PostgresDatabase;
use glowband_test_postgres::{PrivatePostgres, wanted};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// How long anybody may be kept waiting for "not available".
const SECONDS: Duration = Duration::from_secs(8);

/// A cluster of one's own, to be stopped at will.
fn own() -> Option<PrivatePostgres> {
    wanted().map(|_| PrivatePostgres::start().unwrap())
}

async fn unavailable(server: &Sessions, token: &str) {
    let asked = Instant::now();
    match server.refresh(token, "app").await {
        Err(RefreshError::Store(error)) => assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}"),
        other => panic!("{other:?}"),
    }
    assert!(asked.elapsed() < SECONDS, "{:?}", asked.elapsed());
    assert!(server.check().await.is_err_and(|error| error.is_unavailable()));
}

/// Waits until the same handle answers again.
async fn recovers(server: &Sessions, token: &str) {
    let begun = Instant::now();
    loop {
        match server.refresh(token, "app").await {
            Ok(_) => return,
            Err(error) => assert!(error.refused().is_none(), "{error}"),
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not recover");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stops_is_unavailable_until_it_is_back() {
    let Some(postgres) = own() else { return };
    let url = postgres.fresh_database().unwrap();
    let server = sessions(&PostgresDatabase::connect(&url).await.unwrap());
    let opened = server.open(Login::new("alice", "app")).await.unwrap();
    for kill in [false, true] {
        if kill { postgres.kill() } else { postgres.stop() }.unwrap();
        unavailable(&server, opened.token.as_str()).await;
        let asked = Instant::now();
        let error = PostgresDatabase::connect(&url).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error}");
        assert!(asked.elapsed() < SECONDS);
        postgres.start_again().unwrap();
        recovers(&server, opened.token.as_str()).await;
    }
    // Idle connections that broke meanwhile are noticed before they are used.
    postgres.stop().unwrap();
    postgres.start_again().unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    server.list("alice").await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_is_unavailable_until_it_goes_on() {
    let Some(postgres) = own() else { return };
    let server = sessions(&PostgresDatabase::connect(&postgres.fresh_database().unwrap()).await.unwrap());
    let opened = server.open(Login::new("alice", "app")).await.unwrap();
    postgres.freeze().unwrap();
    let mut tasks = JoinSet::new();
    // More than there are connections.
    for _ in 0..40 {
        let (server, token) = (server.clone(), opened.token.clone());
        tasks.spawn(async move { unavailable(&server, token.as_str()).await });
    }
    tasks.join_all().await;
    postgres.thaw().unwrap();
    recovers(&server, opened.token.as_str()).await;
}

/// Clients go on refreshing through crashes. Each keeps what it was answered, and comes again with the same token when it
/// was not: none is refused, and every session is alive.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_logged_out_by_crashes_under_load() {
    const CLIENTS: usize = 12;
    const CRASHES: u32 = 3;
    let Some(postgres) = own() else { return };
    let database = PostgresDatabase::connect(&postgres.fresh_database().unwrap()).await.unwrap();
    let server = sessions(&database);
    let (over, answered, failed) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (server, over, answered, failed) =
            (server.clone(), Arc::clone(&over), Arc::clone(&answered), Arc::clone(&failed));
        let mut newest = server.open(Login::new(&format!("user-{client}"), "app")).await.unwrap().token;
        clients.spawn(async move {
            while !over.load(Ordering::Relaxed) {
                match server.refresh(newest.as_str(), "app").await {
                    Ok(answer) => {
                        newest = answer.token;
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                    Err(error) => {
                        assert!(error.refused().is_none(), "{error}");
                        failed.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            }
            newest
        });
    }
    let postgres = Arc::new(postgres);
    for _ in 0..CRASHES {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let postgres = Arc::clone(&postgres);
        let crash = move || postgres.kill().and_then(|()| postgres.start_again());
        tokio::task::spawn_blocking(crash).await.unwrap().unwrap();
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    over.store(true, Ordering::Relaxed);
    for newest in clients.join_all().await {
        recovers(&server, newest.as_str()).await;
    }
    let rows = server.list_all(None, 100).await.unwrap();
    assert_eq!(rows.len(), CLIENTS);
    assert!(rows.iter().all(|row| row.state == State::Open));
    let (answered, failed) = (answered.load(Ordering::Relaxed), failed.load(Ordering::Relaxed));
    assert!(answered > 50 && failed > 0, "{answered} answers, {failed} failures");
    crate::say(&format!(
        "{CRASHES} crashes of PostgreSQL among {answered} refreshes, {failed} failed: no user logged out"
    ));
}
