//! Laws of single questions to a store.

use super::subject::{ABSOLUTE, CLIENT, IDLE, Subject, USER, new_session};
use crate::{Advance, Ending, NewSession, Reading, Session, SessionId, State};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn step(session: &Session) -> Advance {
    let from = session.generation;
    Advance { id: session.id, from, to: from + 1, key_id: 2, idle: IDLE }
}

/// Inserted rows are read again as they were, times by the store's clock.
pub async fn a_row_comes_back_as_it_was_put(subject: Subject) {
    let long = "é".repeat(127);
    for (label, scope, key_id) in [
        (None, None, 0),
        (Some(""), Some(""), 255),
        (Some("O'Brien's \"Laptop\"; -- 夜"), Some("a b"), 1),
        (Some(&*long), Some(&*"s".repeat(1024)), 128),
    ] {
        let (label, scope) = (label.map(str::to_owned), scope.map(str::to_owned));
        let (user_id, client) = (long.clone(), "c".repeat(255));
        let new = NewSession { label, scope, key_id, user_id, client, ..new_session() };
        let inserted = subject.insert(new.clone()).await;
        let expected = new.clone().into_session(inserted.created_at);
        assert_eq!(inserted, expected);
        let Reading { session, now } = subject.store().read(new.id).await.expect("an answer").expect("a row");
        assert_eq!(session, expected);
        assert!(now >= session.created_at && now.since(session.created_at) < IDLE);
    }
    let short = NewSession { idle: ABSOLUTE * 2, ..new_session() };
    let row = subject.insert(short).await;
    assert_eq!(row.idle_expires_at, row.absolute_expires_at, "idle expiry lies beyond the absolute one");
    let unknown = SessionId::random().expect("random bytes");
    assert!(subject.store().read(unknown).await.expect("an answer").is_none());
    subject.store().check().await.expect("ready");
}

/// A second row with the same id is an error and leaves the first alone.
pub async fn an_id_is_taken_once(subject: Subject) {
    let first = subject.insert(new_session()).await;
    let second = NewSession { id: first.id, user_id: "mallory".to_owned(), ..new_session() };
    subject.store().insert(second).await.expect_err("the id is taken");
    assert_eq!(subject.row(first.id).await, first);
}

/// A step is made only from the generation it names, and only while the session is open and its time not over.
pub async fn a_step_needs_every_condition(subject: Subject) {
    let store = subject.store();
    let row = subject.insert(new_session()).await;
    let unknown = SessionId::random().expect("random bytes");
    for wrong in [Advance { from: 1, to: 2, ..step(&row) }, Advance { id: unknown, ..step(&row) }] {
        assert!(store.advance(wrong).await.expect("an answer").is_none());
    }
    assert_eq!(subject.row(row.id).await, row);
    assert!(store.advance(step(&row)).await.expect("an answer").is_some());
    // The same again: its generation is gone.
    assert!(store.advance(step(&row)).await.expect("an answer").is_none());
    for how in [Ending::Closed, Ending::RevokedForReuse] {
        let row = subject.insert(new_session()).await;
        let ended = store.end(row.id, how).await.expect("an answer").expect("it was open");
        assert!(store.advance(step(&row)).await.expect("an answer").is_none());
        assert_eq!(subject.row(row.id).await, ended);
    }
    let idle = subject.insert(new_session()).await;
    let absolute = subject.insert(NewSession { absolute: SECOND * 60, idle: SECOND * 60, ..new_session() }).await;
    subject.pass(SECOND * 61).await;
    assert!(store.advance(step(&absolute)).await.expect("an answer").is_none());
    assert!(store.advance(step(&idle)).await.expect("an answer").is_some());
    let later = subject.row(idle.id).await;
    subject.pass(IDLE + SECOND).await;
    assert!(store.advance(step(&later)).await.expect("an answer").is_none());
}

/// A step counts times from the store's now, and lets no session live longer than at first.
pub async fn a_step_moves_the_idle_expiry_and_never_the_absolute_one(subject: Subject) {
    let store = subject.store();
    let mut row = subject.insert(new_session()).await;
    let start = row.created_at;
    // Beyond the absolute expiry, were it not for the end of it.
    for passed in 1..=5_u32 {
        subject.pass(IDLE / 2).await;
        let before = subject.row(row.id).await;
        let to = row.generation + 3;
        let moved = store.advance(Advance { to, ..step(&before) }).await.expect("an answer").expect("it lives");
        let Reading { session, now } = moved;
        assert_eq!((session.generation, session.key_id), (to, 2));
        assert_eq!((session.created_at, session.absolute_expires_at), (before.created_at, before.absolute_expires_at));
        assert!(session.rotated_at > before.rotated_at && now.since(session.rotated_at) < SECOND * 60);
        assert_eq!(session.last_seen_at, session.rotated_at);
        let wanted = session.rotated_at.after(IDLE).min(session.absolute_expires_at);
        assert!(wanted.0.abs_diff(session.idle_expires_at.0) <= 1_000, "step {passed}: {session:?}");
        assert!(session.idle_expires_at <= session.absolute_expires_at);
        let rest =
            |row: &Session| (row.user_id.clone(), row.client.clone(), row.label.clone(), row.scope.clone(), row.salt);
        assert_eq!(rest(&session), rest(&before));
        assert_eq!(subject.row(row.id).await, session);
        row = session;
    }
    assert_eq!(row.idle_expires_at, row.absolute_expires_at);
    assert!(row.created_at <= start);
}

/// An open session ends once, keeps what it was, and never opens again.
pub async fn an_end_comes_once_and_stays(subject: Subject) {
    let store = subject.store();
    for (how, other) in [(Ending::Closed, Ending::RevokedForReuse), (Ending::RevokedForReuse, Ending::Closed)] {
        let row = subject.insert(new_session()).await;
        subject.pass(SECOND * 60).await;
        let before = subject.row(row.id).await;
        let ended = store.end(row.id, how).await.expect("an answer").expect("it was open");
        assert_eq!(ended.state, State::from(how));
        assert!(ended.ended_at.is_some_and(|at| at > before.created_at));
        assert_eq!(ended, Session { state: how.into(), ended_at: ended.ended_at, ..before });
        for again in [how, other] {
            assert!(store.end(row.id, again).await.expect("an answer").is_none());
        }
        assert_eq!(subject.row(row.id).await, ended);
    }
    // One that has expired can still be ended.
    let row = subject.insert(new_session()).await;
    subject.pass(ABSOLUTE).await;
    assert!(store.end(row.id, Ending::Closed).await.expect("an answer").is_some());
    let unknown = SessionId::random().expect("random bytes");
    assert!(store.end(unknown, Ending::Closed).await.expect("an answer").is_none());
}

/// All open sessions of one user end, except the one that is excluded, and no session of another user.
pub async fn all_sessions_of_a_user_end_together(subject: Subject) {
    let store = subject.store();
    let mut own = Vec::new();
    for _ in 0..5 {
        own.push(subject.insert(new_session()).await);
    }
    // Names that differ by case, by a blank and by a wildcard are other users.
    let mut others = Vec::new();
    for user_id in ["Alice", "alice ", "alic_", "al%", "bob"] {
        others.push(subject.insert(NewSession { user_id: user_id.to_owned(), ..new_session() }).await);
    }
    let closed = store.end(own[0].id, Ending::RevokedForReuse).await.expect("an answer").expect("it was open");
    let mut ended = store.end_all(USER, Some(own[1].id)).await.expect("an answer");
    ended.sort();
    let mut expected: Vec<SessionId> = own[2..].iter().map(|row| row.id).collect();
    expected.sort();
    assert_eq!(ended, expected);
    assert_eq!(subject.row(own[0].id).await, closed);
    assert_eq!(subject.row(own[1].id).await, own[1]);
    for row in &own[2..] {
        let now = subject.row(row.id).await;
        assert_eq!((now.state, now.generation, now.ended_at.is_some()), (State::Closed, 0, true));
    }
    for row in &others {
        assert_eq!(subject.row(row.id).await, *row);
    }
    assert_eq!(store.end_all(USER, None).await.expect("an answer"), [own[1].id]);
    assert!(store.end_all(USER, None).await.expect("an answer").is_empty());
    assert!(store.end_all("no such user", None).await.expect("an answer").is_empty());
}

/// A list has the user's living sessions only, in order.
pub async fn a_list_is_of_living_sessions_the_last_seen_first(subject: Subject) {
    let store = subject.store();
    let short = NewSession { idle: SECOND * 60, ..new_session() };
    let expired = subject.insert(short).await;
    let (first, second, ended) =
        (subject.insert(new_session()).await, subject.insert(new_session()).await, subject.insert(new_session()).await);
    subject.insert(NewSession { user_id: "bob".to_owned(), ..new_session() }).await;
    store.end(ended.id, Ending::Closed).await.expect("an answer");
    subject.pass(SECOND * 61).await;
    store.advance(step(&second)).await.expect("an answer").expect("it lives");
    subject.pass(SECOND).await;
    let third = subject.insert(new_session()).await;
    let listed = store.list(USER).await.expect("an answer");
    let ids: Vec<SessionId> = listed.iter().map(|row| row.id).collect();
    assert_eq!(ids, [third.id, second.id, first.id]);
    assert!(!ids.contains(&expired.id));
    assert_eq!(listed[1], subject.row(second.id).await);
    assert!(store.list("no such user").await.expect("an answer").is_empty());
}

/// All sessions are found page by page, whatever the size of a page.
pub async fn pages_of_all_sessions_miss_none(subject: Subject) {
    let mut all = Vec::new();
    for number in 0..23 {
        let user_id = format!("user-{}", number % 3);
        let row = subject.insert(NewSession { user_id, client: CLIENT.to_owned(), ..new_session() }).await;
        if number % 4 == 0 {
            subject.store().end(row.id, Ending::Closed).await.expect("an answer");
        }
        all.push(subject.row(row.id).await);
    }
    all.sort_by_key(|row| row.id);
    for limit in [1, 7, 22, 23, 100] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = subject.store().list_all(after, limit).await.expect("an answer");
            assert!(page.len() <= limit as usize);
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            found.extend(page);
        }
        assert_eq!(found, all, "pages of {limit}");
    }
}

/// Old rows go, whether they ended or expired; everything else stays.
pub async fn what_ended_long_ago_is_removed(subject: Subject) {
    let (store, keep) = (subject.store(), ABSOLUTE / 2);
    let mut old = Vec::new();
    for _ in 0..3 {
        let row = subject.insert(NewSession { absolute: ABSOLUTE * 10, idle: ABSOLUTE * 10, ..new_session() }).await;
        store.end(row.id, Ending::RevokedForReuse).await.expect("an answer");
        old.push(row);
        old.push(subject.insert(NewSession { absolute: SECOND, ..new_session() }).await);
    }
    subject.pass(keep + SECOND * 60).await;
    let mut young = Vec::new();
    let open = NewSession { absolute: ABSOLUTE * 10, ..new_session() };
    young.push(subject.insert(open.clone()).await);
    for how in [Ending::Closed, Ending::RevokedForReuse] {
        let row = subject.insert(NewSession { id: SessionId::random().expect("random bytes"), ..open.clone() }).await;
        young.push(store.end(row.id, how).await.expect("an answer").expect("it was open"));
    }
    young.push(subject.insert(NewSession { absolute: SECOND, ..new_session() }).await);
    subject.pass(SECOND * 60).await;
    assert_eq!(store.prune(keep).await.expect("an answer"), 6);
    assert_eq!(store.prune(keep).await.expect("an answer"), 0);
    for row in &old {
        assert!(store.read(row.id).await.expect("an answer").is_none());
    }
    for row in &young {
        assert_eq!(subject.row(row.id).await.state, row.state);
    }
    let feed = store.revoked_since(crate::FeedCursor::START, 100).await.expect("an answer");
    assert_eq!(feed.len(), 2, "the feed goes back as far as the rows");
}
