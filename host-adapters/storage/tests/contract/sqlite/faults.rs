//! A file that is full, busy, damaged or not there.

use super::{Folder, sessions, sessions_in};
use glowband_session::{How, Login, ManualClock, RefreshError, StoreErrorKind, Timestamp};
use glowband_storage::{SqliteDatabase, SqliteStore};
use std::sync::Arc;
use std::time::{Duration, Instant};

async fn open(folder: &Folder) -> SqliteDatabase {
    SqliteDatabase::open(folder.path("sessions.sqlite")).await.unwrap()
}

async fn kind_of_opening(path: std::path::PathBuf) -> (StoreErrorKind, String) {
    let error = SqliteDatabase::open(&path).await.unwrap_err();
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    (error.kind(), error.to_string())
}

#[tokio::test]
async fn a_full_file_refuses_logins_and_keeps_those_it_has() {
    let folder = Folder::new();
    let database = open(&folder).await;
    let server = sessions(&database);
    let first = server.open(Login::new("alice", "app")).await.unwrap();
    // No page more for the connection that logins come by.
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(database.writer()).await.unwrap();
    let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(limit).execute(database.writer()).await.unwrap();
    let label = "x".repeat(255);
    loop {
        // A server without a free page closes its connection, because the limit belongs to the connection.
        match server.open(Login::new("bob", "app").label(Some(&label))).await {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::Full, "{error}");
                assert!(!error.is_unavailable());
                break;
            }
        }
    }
    assert_eq!(server.refresh(first.token.as_str(), "app").await.unwrap().how, How::Rotated);
    let kept = server.list("bob").await.unwrap().len();
    // There is room again, and the connection that was cut short is no obstacle.
    server.open(Login::new("bob", "app")).await.unwrap();
    assert_eq!(server.list("bob").await.unwrap().len(), kept + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_another_process_holds_is_not_available_for_a_while() {
    let folder = Folder::new();
    let (database, other) = (open(&folder).await, open(&folder).await);
    let server = sessions(&database);
    let opened = server.open(Login::new("alice", "app")).await.unwrap();
    let held = other.change().await.unwrap();
    let asked = Instant::now();
    match server.refresh(opened.token.as_str(), "app").await {
        Err(RefreshError::Store(error)) => assert!(error.is_unavailable(), "{error}"),
        other => panic!("{other:?}"),
    }
    assert!(asked.elapsed() < Duration::from_secs(9), "{:?}", asked.elapsed());
    // Looking is always possible.
    assert_eq!(server.list("alice").await.unwrap().len(), 1);
    held.rollback().await.unwrap();
    assert_eq!(server.refresh(opened.token.as_str(), "app").await.unwrap().how, How::Rotated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_is_asked_when_the_turn_comes() {
    let folder = Folder::new();
    let (database, other) = (open(&folder).await, open(&folder).await);
    let server = sessions(&database);
    let opened = server.open(Login::new("alice", "app")).await.unwrap();
    let held = other.change().await.unwrap();
    let waiting = tokio::spawn({
        let (server, token) = (server.clone(), opened.token.clone());
        async move { server.refresh(token.as_str(), "app").await.unwrap() }
    });
    tokio::time::sleep(Duration::from_millis(1500)).await;
    held.rollback().await.unwrap();
    let answer = waiting.await.unwrap();
    // Otherwise a replay within the grace period would count as theft.
    let waited = answer.session.rotated_at.since(opened.session.created_at);
    assert!(waited >= Duration::from_millis(1400), "{waited:?}");
    assert!(answer.now.since(answer.session.rotated_at) < Duration::from_secs(1));
}

/// A server whose clock is an hour off uses only this clock, and ignores the wall clock.
#[tokio::test]
async fn a_clock_that_is_not_the_wall_clock_counts_alone() {
    let folder = Folder::new();
    let start = Timestamp(1_000_000_000_000);
    let clock = Arc::new(ManualClock::at(start));
    let server = sessions_in(Arc::new(SqliteStore::with_clock(open(&folder).await, clock.clone())));
    let mut newest = server.open(Login::new("alice", "app")).await.unwrap();
    for hours in 1..=3 {
        clock.advance(Duration::from_secs(3600));
        newest = server.refresh(newest.token.as_str(), "app").await.unwrap();
        let expected = start.after(Duration::from_secs(3600 * hours));
        assert!(newest.session.rotated_at >= expected && newest.session.rotated_at.since(expected).as_secs() < 10);
    }
}

#[tokio::test]
async fn what_is_no_database_is_said_to_be_damaged() {
    let folder = Folder::new();
    let path = folder.path("sessions.sqlite");
    std::fs::write(&path, "these are not the bytes that you are looking for. ".repeat(200)).unwrap();
    assert_eq!(kind_of_opening(path).await.0, StoreErrorKind::Damaged);
}

#[tokio::test]
async fn a_place_where_no_file_can_be_is_named() {
    let folder = Folder::new();
    let (kind, text) = kind_of_opening(folder.path("no-such-folder/sessions.sqlite")).await;
    assert_eq!(kind, StoreErrorKind::Other);
    assert!(text.contains("No such file or directory"), "{text}");
    std::fs::create_dir(folder.path("a-folder")).unwrap();
    assert_eq!(kind_of_opening(folder.path("a-folder")).await.0, StoreErrorKind::NotPermitted);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_may_not_be_written_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.path("sessions.sqlite");
    open(&folder).await.close().await;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    if std::fs::OpenOptions::new().write(true).open(&path).is_ok() {
        // Root may write all files.
        return;
    }
    assert_eq!(kind_of_opening(path).await.0, StoreErrorKind::ReadOnly);
}

#[tokio::test]
async fn readers_do_not_write() {
    let folder = Folder::new();
    let database = open(&folder).await;
    let error = sqlx::query("DELETE FROM sessions").execute(database.readers()).await.unwrap_err();
    assert_eq!(glowband_storage::store_error(error).kind(), StoreErrorKind::ReadOnly);
}
