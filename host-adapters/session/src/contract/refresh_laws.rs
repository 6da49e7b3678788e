//! Laws of rotation (RFC 9700 §4.14.2), one at a time.

use super::alike::{answered, refused};
use super::subject::{ABSOLUTE, CLIENT, IDLE, Subject, USER, WINDOW, open, token};
use crate::{How, Login, Refused, Session, SessionId, State};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// The newest token always gets a new one, and no two are alike.
pub async fn a_chain_of_refreshes_goes_on(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    assert_eq!((opened.how, opened.session.generation), (How::Opened, 0));
    let mut seen = vec![opened.token.as_str().to_owned()];
    for generation in 1..=20 {
        let newest = answered(sessions.refresh(&seen[seen.len() - 1], CLIENT).await, How::Rotated);
        assert_eq!((newest.session.generation, newest.session.id), (generation, opened.session.id));
        assert_eq!(newest.session, subject.row(opened.session.id).await);
        assert_eq!(newest.token.as_str(), token(&newest.session, generation));
        let found = sessions.find_by_token(newest.token.as_str()).await.expect("an answer").expect("genuine");
        assert!(found.current() && found.generation() == generation);
        seen.push(newest.token.as_str().to_owned());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 21);
}

/// The immediate predecessor gets the same successor as often as it comes within the grace period, and no row changes.
pub async fn a_replay_in_time_gets_the_same_successor_and_changes_nothing(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    for _ in 0..3 {
        let id = opened.session.id;
        let old = token(&opened.session, subject.row(id).await.generation);
        let successor = answered(sessions.refresh(&old, CLIENT).await, How::Rotated);
        for _ in 0..5 {
            let row = subject.row(id).await;
            let replayed = answered(sessions.refresh(&old, CLIENT).await, How::Replayed);
            assert_eq!(replayed.token.as_str(), successor.token.as_str());
            assert_eq!(replayed.session, row);
            assert_eq!(subject.row(id).await, row);
            subject.pass(WINDOW / 10).await;
        }
    }
}

/// After the grace period the predecessor counts as stolen.
pub async fn a_replay_too_late_revokes(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    let successor = answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    subject.pass(WINDOW + SECOND).await;
    let told = refused(sessions.refresh(opened.token.as_str(), CLIENT).await, Refused::Reuse).expect("genuine");
    assert_eq!((told.id, told.state, told.user_id.as_str()), (opened.session.id, State::RevokedForReuse, USER));
    assert_eq!(told, subject.row(told.id).await);
    for token in [opened.token, successor.token] {
        refused(sessions.refresh(token.as_str(), CLIENT).await, Refused::RevokedForReuse);
    }
    let feed = sessions.revoked_since(crate::FeedCursor::START, 10).await.expect("an answer");
    assert_eq!(feed.revocations.iter().map(|entry| entry.session_id).collect::<Vec<_>>(), [opened.session.id]);
}

/// A token of any earlier generation revokes the session, however quickly it comes; the grace period is for the immediate
/// predecessor alone.
pub async fn an_earlier_generation_revokes_at_once(subject: Subject) {
    let sessions = subject.sessions();
    for behind in 2..=4 {
        let opened = open(&sessions).await;
        let mut newest = opened.token.as_str().to_owned();
        for _ in 0..4 {
            newest = answered(sessions.refresh(&newest, CLIENT).await, How::Rotated).token.as_str().to_owned();
        }
        let earlier = token(&opened.session, 4 - behind);
        refused(sessions.refresh(&earlier, CLIENT).await, Refused::Reuse);
        refused(sessions.refresh(&newest, CLIENT).await, Refused::RevokedForReuse);
        refused(sessions.refresh(&earlier, CLIENT).await, Refused::RevokedForReuse);
    }
    // No other session is touched.
    assert_eq!(sessions.list(USER).await.expect("an answer").len(), 0);
    assert_eq!(sessions.counters().reuse, 3);
}

/// All values of a session without the secret permit nothing.
pub async fn a_forged_token_revokes_nothing(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    for _ in 0..3 {
        let newest = token(&opened.session, subject.row(opened.session.id).await.generation);
        answered(sessions.refresh(&newest, CLIENT).await, How::Rotated);
    }
    let row = subject.row(opened.session.id).await;
    let elsewhere = Session { id: SessionId::random().expect("random bytes"), ..row.clone() };
    let mut forged = vec![String::new(), "gbr_".to_owned(), row.id.to_string(), token(&elsewhere, 0)];
    for generation in 0..6 {
        let genuine = token(&row, generation);
        // Each part of it: the form, the key id, the session, the generation, the tag.
        for at in [0, 4, 6, 10, 30, 40, 60, genuine.len() - 1] {
            let mut characters: Vec<char> = genuine.chars().collect();
            characters[at] = if characters[at] == 'A' { 'Q' } else { 'A' };
            forged.push(characters.into_iter().collect());
        }
    }
    for forged in &forged {
        assert!(refused(sessions.refresh(forged, CLIENT).await, Refused::Unknown).is_none(), "{forged}");
        assert!(sessions.find_by_token(forged).await.expect("an answer").is_none());
        assert!(sessions.close_by_token(forged).await.expect("an answer").is_none());
    }
    assert_eq!(subject.row(row.id).await, row);
    answered(sessions.refresh(&token(&row, 3), CLIENT).await, How::Rotated);
}

/// A genuine token of any generation is refused to another client, and changes nothing.
pub async fn another_client_is_refused_and_changes_nothing(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    subject.pass(WINDOW + SECOND).await;
    let row = subject.row(opened.session.id).await;
    for generation in 0..=2 {
        for client in ["", "APP", "app2"] {
            let outcome = sessions.refresh(&token(&row, generation), client).await;
            assert!(!outcome.as_ref().is_err_and(crate::RefreshError::ends_session));
            assert_eq!(refused(outcome, Refused::OtherClient), Some(row.clone()));
        }
    }
    assert_eq!(subject.row(row.id).await, row);
    answered(sessions.refresh(&token(&row, 1), CLIENT).await, How::Rotated);
}

/// A database that was restored from an older backup logs no user out: a token later than the row counts as the newest.
pub async fn a_later_token_than_the_row_counts_as_current(subject: Subject) {
    let sessions = subject.sessions();
    for ahead in [1, 2, 1_000_000] {
        let opened = open(&sessions).await;
        let (row, late) = (opened.session.clone(), token(&opened.session, ahead));
        let moved = answered(sessions.refresh(&late, CLIENT).await, How::FastForwarded);
        assert_eq!(moved.session.generation, ahead + 1);
        assert_eq!(moved.session.absolute_expires_at, row.absolute_expires_at);
        // From here on as ever: its own replay, its successor, and what is older.
        let replayed = answered(sessions.refresh(&late, CLIENT).await, How::Replayed);
        assert_eq!(replayed.token.as_str(), moved.token.as_str());
        answered(sessions.refresh(moved.token.as_str(), CLIENT).await, How::Rotated);
        refused(sessions.refresh(&late, CLIENT).await, Refused::Reuse);
        // Not even a later token opens a session again.
        refused(sessions.refresh(&token(&row, ahead + 9), CLIENT).await, Refused::RevokedForReuse);
    }
    assert_eq!(sessions.counters().fast_forwarded, 3);
}

/// Both expiries hold for every token, refreshes move the idle one alone, replays neither.
pub async fn expired_sessions_are_not_revived(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    subject.pass(IDLE - SECOND * 60).await;
    let newest = answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Replayed);
    subject.pass(IDLE - SECOND * 60).await;
    let newest = answered(sessions.refresh(newest.token.as_str(), CLIENT).await, How::Rotated);
    subject.pass(IDLE + SECOND).await;
    // Older and later tokens too: an expired session is never revoked for reuse.
    for generation in 0..4 {
        refused(sessions.refresh(&token(&newest.session, generation), CLIENT).await, Refused::Expired);
    }
    assert_eq!(subject.row(newest.session.id).await.state, State::Open);
    // Refreshed in time again and again, a session ends all the same.
    let mut newest = open(&sessions).await;
    for _ in 0..6 {
        let left = newest.session.absolute_expires_at.since(newest.now);
        if left <= IDLE {
            break;
        }
        subject.pass(IDLE - SECOND * 60).await;
        newest = answered(sessions.refresh(newest.token.as_str(), CLIENT).await, How::Rotated);
        assert!(newest.session.idle_expires_at <= newest.session.absolute_expires_at);
    }
    assert_eq!(newest.session.idle_expires_at, newest.session.absolute_expires_at);
    subject.pass(ABSOLUTE).await;
    refused(sessions.refresh(newest.token.as_str(), CLIENT).await, Refused::Expired);
    assert!(sessions.list(USER).await.expect("an answer").is_empty());
}

/// A logout works with any genuine token, once, and nothing follows it.
pub async fn a_logout_takes_a_token_of_any_generation(subject: Subject) {
    let sessions = subject.sessions();
    for generation in [0, 1, 2, 3] {
        let opened = open(&sessions).await;
        let mut newest = opened;
        for _ in 0..2 {
            newest = answered(sessions.refresh(newest.token.as_str(), CLIENT).await, How::Rotated);
        }
        let presented = token(&newest.session, generation);
        let closed = sessions.close_by_token(&presented).await.expect("an answer").expect("it was open");
        assert_eq!((closed.id, closed.state), (newest.session.id, State::Closed));
        assert!(sessions.close_by_token(&presented).await.expect("an answer").is_none());
        for generation in 0..4 {
            let told = refused(sessions.refresh(&token(&closed, generation), CLIENT).await, Refused::Closed);
            assert_eq!(told.as_ref(), Some(&closed));
        }
    }
    let unknown = sessions.close(SessionId::random().expect("random bytes")).await.expect("an answer");
    assert!(unknown.is_none());
}

/// Each outcome is counted where it belongs.
pub async fn outcomes_are_counted(subject: Subject) {
    let sessions = subject.sessions();
    let (one, other) = (open(&sessions).await, open(&sessions).await);
    let expired = sessions.open(Login::new("bob", CLIENT)).await.expect("a session");
    answered(sessions.refresh(one.token.as_str(), CLIENT).await, How::Rotated);
    answered(sessions.refresh(one.token.as_str(), CLIENT).await, How::Replayed);
    answered(sessions.refresh(&token(&one.session, 3), CLIENT).await, How::FastForwarded);
    refused(sessions.refresh(one.token.as_str(), CLIENT).await, Refused::Reuse);
    refused(sessions.refresh(one.token.as_str(), CLIENT).await, Refused::RevokedForReuse);
    sessions.close(other.session.id).await.expect("an answer");
    refused(sessions.refresh(other.token.as_str(), CLIENT).await, Refused::Closed);
    refused(sessions.refresh(expired.token.as_str(), "another").await, Refused::OtherClient);
    refused(sessions.refresh("gbr_x", CLIENT).await, Refused::Unknown);
    subject.pass(ABSOLUTE).await;
    refused(sessions.refresh(expired.token.as_str(), CLIENT).await, Refused::Expired);
    let counted = sessions.counters();
    assert_eq!(counted.opened, 3);
    let each = [counted.rotated, counted.replayed, counted.fast_forwarded, counted.reuse, counted.revoked_for_reuse];
    assert_eq!(each, [1; 5]);
    assert_eq!(
        [counted.closed, counted.other_client, counted.unknown, counted.expired, counted.failed],
        [1, 1, 1, 1, 0]
    );
    let handle = sessions.clone();
    refused(handle.refresh("", CLIENT).await, Refused::Unknown);
    assert_eq!(sessions.counters().unknown, 2);
}
