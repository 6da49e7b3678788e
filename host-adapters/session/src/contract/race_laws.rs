//! Laws of many at once.

use super::subject::{CLIENT, Subject, USER, new_session, open, token};
use crate::{How, RefreshError, Refreshed, Refused, Sessions, State};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

type Outcome = Result<Refreshed, RefreshError>;

/// Refreshes the same token this often at once, in turn by each server.
async fn at_once(servers: &[Sessions], token: &str, times: usize) -> Vec<Outcome> {
    let (token, barrier) = (Arc::<str>::from(token), Arc::new(Barrier::new(times)));
    let mut tasks = JoinSet::new();
    for server in servers.iter().cycle().take(times) {
        let (server, token, barrier) = (server.clone(), Arc::clone(&token), Arc::clone(&barrier));
        tasks.spawn(async move {
            barrier.wait().await;
            server.refresh(&token, CLIENT).await
        });
    }
    tasks.join_all().await
}

/// Exactly one rotated, and all have its token.
fn rotated_once(outcomes: Vec<Outcome>) -> String {
    let answers: Vec<Refreshed> = outcomes.into_iter().map(|outcome| outcome.expect("no user is logged out")).collect();
    assert_eq!(answers.iter().filter(|answer| answer.how == How::Rotated).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.how, How::Rotated | How::Replayed)));
    let tokens: BTreeSet<&str> = answers.iter().map(|answer| answer.token.as_str()).collect();
    assert_eq!(tokens.len(), 1, "the family forks");
    answers[0].token.as_str().to_owned()
}

/// 200 refreshes of one token at once: one rotation, the same successor for all.
pub async fn parallel_refreshes_rotate_once(subject: Subject) {
    let sessions = subject.sessions();
    let mut newest = open(&sessions).await.token.as_str().to_owned();
    for generation in 1..=3 {
        newest = rotated_once(at_once(std::slice::from_ref(&sessions), &newest, 200).await);
        let found = sessions.find_by_token(&newest).await.expect("an answer").expect("genuine");
        assert!(found.current() && found.generation() == generation);
    }
    let counted = sessions.counters();
    assert_eq!((counted.rotated, counted.replayed), (3, 597));
}

/// The same across two services that share nothing but the store.
pub async fn parallel_refreshes_of_two_servers_rotate_once(subject: Subject) {
    let servers = [subject.sessions(), subject.sessions()];
    let mut newest = open(&servers[0]).await.token.as_str().to_owned();
    for _ in 0..5 {
        newest = rotated_once(at_once(&servers, &newest, 40).await);
    }
    assert_eq!(servers[0].counters().rotated + servers[1].counters().rotated, 5);
}

/// Two tabs share what they hold, as cookies are shared, and refresh at the same time again and again: neither is ever
/// refused.
pub async fn two_tabs_never_lose_their_session(subject: Subject) {
    const ROUNDS: u64 = 60;
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    let held = Arc::new(Mutex::new(opened.token.as_str().to_owned()));
    let together = Arc::new(Barrier::new(2));
    let mut tabs = JoinSet::new();
    for _ in 0..2 {
        let (sessions, held, together) = (sessions.clone(), Arc::clone(&held), Arc::clone(&together));
        tabs.spawn(async move {
            for _ in 0..ROUNDS {
                together.wait().await;
                let token = held.lock().expect("whole").clone();
                together.wait().await;
                let answer = sessions.refresh(&token, CLIENT).await.expect("no user is logged out");
                *held.lock().expect("whole") = answer.token.as_str().to_owned();
            }
        });
    }
    tabs.join_all().await;
    let row = subject.row(opened.session.id).await;
    assert_eq!((row.state, row.generation), (State::Open, ROUNDS));
    assert_eq!((sessions.counters().rotated, sessions.counters().replayed), (ROUNDS, ROUNDS));
}

/// Once a logout is answered no refresh is, whatever was under way.
pub async fn nothing_lives_after_a_logout(subject: Subject) {
    for round in 0..20 {
        let sessions = subject.sessions();
        let opened = open(&sessions).await;
        let closed = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for _ in 0..4 {
            let (sessions, closed) = (sessions.clone(), Arc::clone(&closed));
            let mut newest = opened.token.as_str().to_owned();
            tasks.spawn(async move {
                loop {
                    let late = closed.load(Ordering::SeqCst);
                    match sessions.refresh(&newest, CLIENT).await {
                        Ok(answer) => {
                            assert!(!late, "a refresh after the logout was answered");
                            newest = answer.token.as_str().to_owned();
                        }
                        // Four chains cannot all stay within a generation of each other.
                        Err(error) => return error.refused().expect("a verdict"),
                    }
                }
            });
        }
        for _ in 0..round % 7 {
            tokio::task::yield_now().await;
        }
        let ended = sessions.close(opened.session.id).await.expect("an answer");
        let row = subject.row(opened.session.id).await;
        closed.store(true, Ordering::SeqCst);
        let verdicts = tasks.join_all().await;
        assert_ne!(row.state, State::Open);
        // It may have been revoked first.
        assert_eq!(ended.is_some(), row.state == State::Closed);
        assert_eq!(subject.row(row.id).await, row, "the row changed after the end");
        if row.state == State::Closed {
            assert!(verdicts.iter().all(|verdict| *verdict == Refused::Closed), "{verdicts:?}");
        }
    }
}

/// The same for a logout everywhere, with sessions of other users left alone.
pub async fn nothing_lives_after_a_logout_everywhere(subject: Subject) {
    for _ in 0..5 {
        let sessions = subject.sessions();
        let bystander = subject.insert(crate::NewSession { user_id: "bob".to_owned(), ..new_session() }).await;
        let mut opened = Vec::new();
        for _ in 0..6 {
            opened.push(open(&sessions).await);
        }
        let mut tasks = JoinSet::new();
        for session in &opened {
            let (sessions, mut newest) = (sessions.clone(), session.token.as_str().to_owned());
            tasks.spawn(async move {
                loop {
                    match sessions.refresh(&newest, CLIENT).await {
                        Ok(answer) => newest = answer.token.as_str().to_owned(),
                        Err(error) => return error.refused(),
                    }
                }
            });
        }
        tokio::task::yield_now().await;
        let ended = sessions.close_all(USER, None).await.expect("an answer");
        assert_eq!(ended.len(), opened.len());
        let mut rows = Vec::new();
        for session in &opened {
            rows.push(subject.row(session.session.id).await);
        }
        assert!(tasks.join_all().await.iter().all(|verdict| *verdict == Some(Refused::Closed)));
        for row in rows {
            assert_eq!(row.state, State::Closed);
            assert_eq!(subject.row(row.id).await, row, "the row changed after the end");
        }
        assert_eq!(subject.row(bystander.id).await.state, State::Open);
    }
}

/// Many calls with a stolen token at the same time revoke the session once.
pub async fn parallel_reuse_revokes_once(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    let late = token(&opened.session, 5);
    sessions.refresh(&late, CLIENT).await.expect("fast-forwarded");
    let outcomes = at_once(std::slice::from_ref(&sessions), opened.token.as_str(), 50).await;
    let verdicts: Vec<Refused> = outcomes.into_iter().filter_map(|outcome| outcome.err()?.refused()).collect();
    assert_eq!(verdicts.len(), 50);
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Refused::Reuse).count(), 1);
    assert!(verdicts.iter().all(|verdict| matches!(verdict, Refused::Reuse | Refused::RevokedForReuse)));
    let feed = sessions.revoked_since(crate::FeedCursor::START, 10).await.expect("an answer");
    assert_eq!(feed.revocations.len(), 1);
}

/// After a restore clients come with later tokens than their rows, several at once for each session.
pub async fn a_restored_backup_under_load_logs_nobody_out(subject: Subject) {
    let servers = [subject.sessions(), subject.sessions()];
    for ahead in [1, 3, 9] {
        let opened = open(&servers[0]).await;
        let answers: Vec<Refreshed> = at_once(&servers, &token(&opened.session, ahead), 30)
            .await
            .into_iter()
            .map(|outcome| outcome.expect("no user is logged out"))
            .collect();
        assert_eq!(answers.iter().filter(|answer| answer.how == How::FastForwarded).count(), 1);
        assert!(answers.iter().all(|answer| answer.token.as_str() == token(&opened.session, ahead + 1)));
    }
}
