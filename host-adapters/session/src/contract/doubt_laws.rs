//! Laws of rotations whose answers may not have reached their clients.

use super::alike::{answered, refused};
use super::subject::{CLIENT, Subject, WINDOW, open, token};
use crate::{Doubt, How, Refreshed, Refused, Session, SessionId, State, Timestamp};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn about(rotated: &Refreshed) -> Doubt {
    Doubt { id: rotated.session.id, generation: rotated.session.generation, until: rotated.now }
}

/// The predecessor of a token in doubt gets that token, however late, and the grace period starts again.
pub async fn a_token_in_doubt_is_handed_out_again_however_late(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    let lost = answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    assert!(!lost.session.in_doubt);
    assert!(subject.store().doubt(about(&lost)).await.expect("an answer"));
    assert_eq!(subject.row(lost.session.id).await, Session { in_doubt: true, ..lost.session.clone() });
    subject.pass(WINDOW * 5).await;
    let before = subject.row(lost.session.id).await;
    let again = answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Replayed);
    assert_eq!(again.token.as_str(), lost.token.as_str());
    let row = subject.row(lost.session.id).await;
    assert_eq!(again.session, row);
    assert!(row.rotated_at > before.rotated_at);
    // Nothing else is changed; no expiry moves.
    assert_eq!(row, Session { rotated_at: row.rotated_at, in_doubt: false, ..before });
    answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Replayed);
    // A thief who comes after that is late.
    subject.pass(WINDOW + SECOND).await;
    refused(sessions.refresh(opened.token.as_str(), CLIENT).await, Refused::Reuse);
    refused(sessions.refresh(lost.token.as_str(), CLIENT).await, Refused::RevokedForReuse);
}

/// A token in doubt that is used has arrived: its predecessor is a stolen one from then on.
pub async fn the_use_of_a_token_in_doubt_ends_the_doubt(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    let doubted = answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    assert!(subject.store().doubt(about(&doubted)).await.expect("an answer"));
    let newest = answered(sessions.refresh(doubted.token.as_str(), CLIENT).await, How::Rotated);
    assert!(!newest.session.in_doubt);
    // A mark that comes late is about a token that was used.
    assert!(!subject.store().doubt(about(&doubted)).await.expect("an answer"));
    assert!(!subject.row(opened.session.id).await.in_doubt);
    refused(sessions.refresh(opened.token.as_str(), CLIENT).await, Refused::Reuse);
}

/// Only the immediate predecessor is forgiven.
pub async fn an_earlier_generation_than_a_token_in_doubt_revokes(subject: Subject) {
    let sessions = subject.sessions();
    let opened = open(&sessions).await;
    let first = answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    let second = answered(sessions.refresh(first.token.as_str(), CLIENT).await, How::Rotated);
    assert!(subject.store().doubt(about(&second)).await.expect("an answer"));
    refused(sessions.refresh(opened.token.as_str(), CLIENT).await, Refused::Reuse);
    refused(sessions.refresh(first.token.as_str(), CLIENT).await, Refused::RevokedForReuse);
}

/// A mark and the answer that takes it back need every condition of theirs.
pub async fn a_doubt_needs_every_condition(subject: Subject) {
    let (sessions, store) = (subject.sessions(), subject.store());
    let opened = open(&sessions).await;
    let rotated = answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    let (good, row) = (about(&rotated), subject.row(opened.session.id).await);
    let earlier = Timestamp(row.rotated_at.0 - 1);
    for wrong in [
        Doubt { id: SessionId::random().expect("random bytes"), ..good },
        Doubt { generation: 0, ..good },
        Doubt { generation: 2, ..good },
        // The statement that is meant was over before this rotation.
        Doubt { until: earlier, ..good },
    ] {
        assert!(!store.doubt(wrong).await.expect("an answer"), "{wrong:?}");
    }
    assert!(store.redeliver(row.id, 1).await.expect("an answer").is_none(), "not in doubt");
    assert_eq!(subject.row(row.id).await, row);
    assert!(store.doubt(Doubt { until: row.rotated_at, ..good }).await.expect("an answer"));
    for generation in [0, 2] {
        assert!(store.redeliver(row.id, generation).await.expect("an answer").is_none());
    }
    assert!(store.redeliver(row.id, 1).await.expect("an answer").is_some());
    assert!(store.redeliver(row.id, 1).await.expect("an answer").is_none(), "once");
    assert!(store.doubt(Doubt { until: subject.row(row.id).await.rotated_at, ..good }).await.expect("an answer"));
    // What has ended or expired is not handed out.
    subject.pass(super::subject::IDLE + SECOND).await;
    assert!(store.redeliver(row.id, 1).await.expect("an answer").is_none());
    sessions.close(row.id).await.expect("an answer").expect("it was open");
    let ended = subject.row(row.id).await;
    assert!(!store.doubt(Doubt { until: Timestamp(u64::MAX / 4), ..good }).await.expect("an answer"));
    assert!(store.redeliver(row.id, 1).await.expect("an answer").is_none());
    assert_eq!(subject.row(row.id).await, ended);
}

/// A session is not revoked because of a token whose successor has become in doubt since the decision.
pub async fn a_doubt_in_time_keeps_a_session_from_being_revoked(subject: Subject) {
    let (sessions, store) = (subject.sessions(), subject.store());
    let opened = open(&sessions).await;
    let rotated = answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    assert!(store.doubt(about(&rotated)).await.expect("an answer"));
    assert!(store.revoke_for_reuse(opened.session.id, 0).await.expect("an answer").is_none());
    assert_eq!(subject.row(opened.session.id).await.state, State::Open);
    store.redeliver(opened.session.id, 1).await.expect("an answer").expect("it was in doubt");
    let revoked = store.revoke_for_reuse(opened.session.id, 0).await.expect("an answer").expect("it was open");
    assert_eq!(revoked.state, State::RevokedForReuse);
    assert_eq!(revoked, subject.row(revoked.id).await);
    assert!(store.revoke_for_reuse(opened.session.id, 0).await.expect("an answer").is_none());
    let feed = sessions.revoked_since(crate::FeedCursor::START, 10).await.expect("an answer");
    assert_eq!(feed.revocations.iter().map(|entry| entry.session_id).collect::<Vec<_>>(), [revoked.id]);
    // A token of an earlier generation revokes the session, whatever is in doubt.
    let opened = open(&sessions).await;
    let mut rotated = answered(sessions.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    rotated = answered(sessions.refresh(rotated.token.as_str(), CLIENT).await, How::Rotated);
    assert!(store.doubt(about(&rotated)).await.expect("an answer"));
    assert!(store.revoke_for_reuse(opened.session.id, 0).await.expect("an answer").is_some());
}

/// A service that could not deliver an answer forgives its client at once, and tells the others.
pub async fn an_answer_that_was_not_delivered_is_known_to_all_servers(subject: Subject) {
    let (one, other) = (subject.sessions(), subject.sessions());
    for told in [false, true] {
        let opened = open(&one).await;
        let lost = answered(one.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
        assert!(!one.has_doubts());
        one.doubt(&lost);
        assert!(one.has_doubts());
        let server = if told {
            one.settle_doubts().await.expect("an answer");
            assert!(!one.has_doubts());
            &other
        } else {
            &one
        };
        subject.pass(WINDOW + SECOND).await;
        let again = answered(server.refresh(opened.token.as_str(), CLIENT).await, How::Replayed);
        assert_eq!(again.token.as_str(), lost.token.as_str());
        assert_eq!(again.token.as_str(), token(&opened.session, 1));
        one.settle_doubts().await.expect("an answer");
        assert!(!one.has_doubts() && !subject.row(opened.session.id).await.in_doubt);
        subject.pass(WINDOW + SECOND).await;
        refused(server.refresh(opened.token.as_str(), CLIENT).await, Refused::Reuse);
    }
}
