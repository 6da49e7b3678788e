//! Statements that wait for a row.

use super::{database, run, sessions};
use glowband_session::{How, Login, RefreshError, Refused, State};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// One that is still open, so that it is removed by some while others end it.
const EXPIRE_ONE: &str = "UPDATE sessions SET absolute_expires_at = 1, idle_expires_at = 1 WHERE id = \
    (SELECT id FROM sessions WHERE state = 'open' LIMIT 1 FOR UPDATE SKIP LOCKED)";

const HOLD: &str = "SELECT id FROM sessions FOR UPDATE";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_that_waits_is_checked_by_the_row_as_it_is_then() {
    let Some(database) = database().await else { return };
    let server = sessions(&database);
    for (meanwhile, verdict) in [
        ("UPDATE sessions SET idle_expires_at = created_at", Refused::Expired),
        ("UPDATE sessions SET absolute_expires_at = created_at, idle_expires_at = created_at", Refused::Expired),
        ("UPDATE sessions SET state = 'closed', ended_number = 1", Refused::Closed),
        ("UPDATE sessions SET generation = generation + 2", Refused::Reuse),
    ] {
        run(&database, "DELETE FROM sessions").await;
        let opened = server.open(Login::new("alice", "app")).await.unwrap();
        let mut other = database.pool().begin().await.unwrap();
        sqlx::query(HOLD).execute(&mut *other).await.unwrap();
        let waiting = tokio::spawn({
            let (server, token) = (server.clone(), opened.token.clone());
            async move { server.refresh(token.as_str(), "app").await }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!waiting.is_finished());
        sqlx::query(meanwhile).execute(&mut *other).await.unwrap();
        other.commit().await.unwrap();
        assert_eq!(waiting.await.unwrap().unwrap_err().refused(), Some(verdict), "{meanwhile}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_is_asked_when_the_turn_comes() {
    let Some(database) = database().await else { return };
    let server = sessions(&database);
    let opened = server.open(Login::new("alice", "app")).await.unwrap();
    let mut other = database.pool().begin().await.unwrap();
    sqlx::query(HOLD).execute(&mut *other).await.unwrap();
    let waiting = tokio::spawn({
        let (server, token) = (server.clone(), opened.token.clone());
        async move { server.refresh(token.as_str(), "app").await.unwrap() }
    });
    tokio::time::sleep(Duration::from_millis(1500)).await;
    other.rollback().await.unwrap();
    let answer = waiting.await.unwrap();
    // Otherwise a replay within the grace period would count as theft.
    let waited = answer.session.rotated_at.since(opened.session.created_at);
    assert!(waited >= Duration::from_millis(1400), "{waited:?}");
}

/// A call that waits for one row does not delay the end of other sessions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_that_waits_holds_up_no_other() {
    let Some(database) = database().await else { return };
    let server = sessions(&database);
    let (one, other) =
        (server.open(Login::new("alice", "app")).await.unwrap(), server.open(Login::new("bob", "app")).await.unwrap());
    let mut holder = database.pool().begin().await.unwrap();
    let hold = "SELECT id FROM sessions WHERE user_id = 'alice' FOR UPDATE";
    sqlx::query(hold).execute(&mut *holder).await.unwrap();
    let mut waiting = JoinSet::new();
    let (single, everywhere) = (server.clone(), server.clone());
    waiting.spawn(async move { single.close(one.session.id).await.unwrap().is_some() });
    waiting.spawn(async move { !everywhere.close_all("alice", None).await.unwrap().is_empty() });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let asked = Instant::now();
    assert!(server.close(other.session.id).await.unwrap().is_some());
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(waiting.len(), 2);
    holder.rollback().await.unwrap();
    let ended = waiting.join_all().await;
    assert_eq!(ended.iter().filter(|ended| **ended).count(), 1, "one of them ended it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_is_held_too_long_is_no_verdict() {
    let Some(database) = database().await else { return };
    let server = sessions(&database);
    let opened = server.open(Login::new("alice", "app")).await.unwrap();
    let mut other = database.pool().begin().await.unwrap();
    sqlx::query(HOLD).execute(&mut *other).await.unwrap();
    let asked = Instant::now();
    match server.refresh(opened.token.as_str(), "app").await {
        Err(RefreshError::Store(error)) => assert!(error.is_unavailable(), "{error}"),
        other => panic!("{other:?}"),
    }
    assert!(asked.elapsed() < Duration::from_secs(9), "{:?}", asked.elapsed());
    other.rollback().await.unwrap();
    assert_eq!(server.refresh(opened.token.as_str(), "app").await.unwrap().how, How::Rotated);
}

/// Old rows are removed, all of a user's sessions ended, single ones refreshed and ended, all at once and all of the same
/// user: there is no deadlock.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_changes_do_not_deadlock() {
    let Some(database) = database().await else { return };
    let server = sessions(&database);
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let (server, database) = (server.clone(), database.clone());
        tasks.spawn(async move {
            for _ in 0..15 {
                let (one, other) = (
                    server.open(Login::new("alice", "app")).await.unwrap(),
                    server.open(Login::new("alice", "app")).await.unwrap(),
                );
                run(&database, EXPIRE_ONE).await;
                server.close_all("alice", None).await.unwrap();
                server.prune(Duration::ZERO).await.unwrap();
                server.close(one.session.id).await.unwrap();
                match server.refresh(other.token.as_str(), "app").await {
                    Ok(_) | Err(RefreshError::Refused { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    tasks.join_all().await;
    server.close_all("alice", None).await.unwrap();
    assert!(server.list_all(None, 1000).await.unwrap().iter().all(|row| row.state != State::Open));
}
