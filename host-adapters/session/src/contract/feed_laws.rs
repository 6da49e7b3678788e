//! Laws of the feed of ended sessions.

use super::subject::{Subject, USER, new_session};
use crate::{Ending, FeedCursor, NewSession, Revocation, SessionId, SessionStore};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;

async fn feed(store: &Arc<dyn SessionStore>, after: FeedCursor, limit: u32) -> Vec<Revocation> {
    store.revoked_since(after, limit).await.expect("an answer")
}

/// The feed contains each ending once, with its kind and time, in the order of the endings.
pub async fn the_feed_tells_every_end_in_order(subject: Subject) {
    let store = subject.store();
    assert!(feed(store, FeedCursor::START, 10).await.is_empty());
    let mut expected = Vec::new();
    for how in [Ending::Closed, Ending::RevokedForReuse, Ending::Closed] {
        let row = subject.insert(new_session()).await;
        subject.insert(new_session()).await;
        let ended = store.end(row.id, how).await.expect("an answer").expect("it was open");
        expected.push((row.id, how, ended.ended_at));
    }
    let told = feed(store, FeedCursor::START, 10).await;
    let seen: Vec<_> = told.iter().map(|entry| (entry.session_id, entry.ending, Some(entry.ended_at()))).collect();
    assert_eq!(seen, expected);
    assert!(told.is_sorted_by(|one, other| one.cursor < other.cursor));
    // What is ended later has a later place, and the old places still lead there.
    let last = told[2].cursor;
    assert!(feed(store, last, 10).await.is_empty());
    subject.pass(Duration::from_secs(60)).await;
    let row = subject.insert(new_session()).await;
    store.end(row.id, Ending::Closed).await.expect("an answer");
    assert_eq!(feed(store, last, 10).await[0].session_id, row.id);
}

/// A page may end between sessions that ended together.
pub async fn pages_of_the_feed_miss_none(subject: Subject) {
    let store = subject.store();
    let mut ended = BTreeSet::new();
    for round in 0..4 {
        for _ in 0..5 {
            ended.insert(subject.insert(new_session()).await.id);
        }
        let single = subject.insert(NewSession { user_id: format!("user-{round}"), ..new_session() }).await;
        store.end_all(USER, None).await.expect("an answer");
        store.end(single.id, Ending::Closed).await.expect("an answer");
        ended.insert(single.id);
    }
    for limit in [1, 2, 3, 7, 100] {
        let (mut seen, mut cursor) = (Vec::new(), FeedCursor::START);
        loop {
            let page = feed(store, cursor, limit).await;
            let Some(last) = page.last() else { break };
            assert!(page.len() <= limit as usize && last.cursor > cursor);
            cursor = last.cursor;
            seen.extend(page.into_iter().map(|entry| entry.session_id));
        }
        assert_eq!(seen.len(), ended.len(), "pages of {limit}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), ended, "pages of {limit}");
    }
}

/// A reader who always goes on from the last place sees every end, while many end sessions at once.
pub async fn a_reader_of_the_feed_misses_nothing_while_sessions_end(subject: Subject) {
    const TASKS: usize = 8;
    const ROUNDS: usize = 24;
    let store = subject.store();
    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn({
        let (store, done) = (Arc::clone(store), Arc::clone(&done));
        async move {
            let (mut seen, mut cursor) = (Vec::<SessionId>::new(), FeedCursor::START);
            loop {
                // Asked before the look, so that the last look comes after the last end.
                let last_look = done.load(Ordering::SeqCst);
                // Large enough for the reader to be where the ends are.
                let page = feed(&store, cursor, 1000).await;
                cursor = page.last().map_or(cursor, |last| last.cursor);
                seen.extend(page.iter().map(|entry| entry.session_id));
                if page.is_empty() && last_look {
                    return seen;
                }
                tokio::task::yield_now().await;
            }
        }
    });
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let subject = subject.clone();
        tasks.spawn(async move {
            let user_id = format!("user-{task}");
            let mut ended = Vec::new();
            for round in 0..ROUNDS {
                let new = || NewSession { user_id: user_id.clone(), ..new_session() };
                let (one, other) = (subject.insert(new()).await, subject.insert(new()).await);
                if round % 3 == 0 {
                    ended.extend(subject.store().end_all(&user_id, None).await.expect("an answer"));
                } else {
                    for row in [one, other] {
                        ended.push(
                            subject.store().end(row.id, Ending::Closed).await.expect("an answer").expect("open").id,
                        );
                    }
                }
            }
            ended
        });
    }
    let ended: BTreeSet<SessionId> = tasks.join_all().await.into_iter().flatten().collect();
    done.store(true, Ordering::SeqCst);
    let seen = reader.await.expect("a reader");
    assert_eq!(ended.len(), TASKS * ROUNDS * 2);
    assert_eq!(seen.len(), ended.len(), "each is told once");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), ended);
}
