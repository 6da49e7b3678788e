//! Laws of replacing a secret.

use super::alike::{answered, refused};
use super::subject::{CLIENT, Subject, keys, open};
use crate::{How, RefreshError, RefreshKeys, Refused};

fn both(current: u8) -> RefreshKeys {
    let other = 3 - current;
    let keys = RefreshKeys::new(current, &[current; 32]).and_then(|keys| keys.accept(other, &[other; 32]));
    keys.expect("good secrets")
}

/// A token under an accepted secret is rotated into one under the current secret; one under a secret that is gone is
/// unknown, and revokes nothing.
pub async fn a_new_secret_takes_over(subject: Subject) {
    let sessions = subject.sessions();
    let (moved, late) = (open(&sessions).await, open(&sessions).await);
    sessions.set_keys(both(2));
    let newest = answered(sessions.refresh(moved.token.as_str(), CLIENT).await, How::Rotated);
    assert_eq!((moved.session.key_id, newest.session.key_id), (1, 2));
    assert_eq!(subject.row(moved.session.id).await.key_id, 2);
    sessions.set_keys(RefreshKeys::new(2, &[2; 32]).expect("a good secret"));
    let row = subject.row(late.session.id).await;
    refused(sessions.refresh(late.token.as_str(), CLIENT).await, Refused::Unknown);
    assert_eq!(subject.row(late.session.id).await, row);
    answered(sessions.refresh(newest.token.as_str(), CLIENT).await, How::Rotated);
    // The same id with another secret is another secret.
    sessions.set_keys(RefreshKeys::new(1, &[9; 32]).expect("a good secret"));
    refused(sessions.refresh(late.token.as_str(), CLIENT).await, Refused::Unknown);
}

/// Servers that have the new secret as current, and servers that do not yet, answer a replay alike.
pub async fn a_replay_gets_the_same_bytes_while_the_secret_changes(subject: Subject) {
    let (old, new) = (subject.sessions_with(both(1)), subject.sessions_with(both(2)));
    for (winner, other) in [(&old, &new), (&new, &old)] {
        let opened = open(&old).await;
        let won = answered(winner.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
        for server in [winner, other] {
            let replayed = answered(server.refresh(opened.token.as_str(), CLIENT).await, How::Replayed);
            assert_eq!(replayed.token.as_str(), won.token.as_str());
        }
        answered(other.refresh(won.token.as_str(), CLIENT).await, How::Rotated);
    }
}

/// A server without the newest token's secret does not know what to say, and says so.
pub async fn a_missing_secret_is_no_verdict(subject: Subject) {
    let (behind, ahead) = (subject.sessions_with(keys()), subject.sessions_with(both(2)));
    let opened = open(&behind).await;
    let newest = answered(ahead.refresh(opened.token.as_str(), CLIENT).await, How::Rotated);
    let row = subject.row(opened.session.id).await;
    let error = behind.refresh(opened.token.as_str(), CLIENT).await.expect_err("no secret");
    assert!(matches!(error, RefreshError::KeyMissing(2)), "{error:?}");
    assert!(!error.ends_session());
    assert_eq!(subject.row(opened.session.id).await, row);
    answered(ahead.refresh(newest.token.as_str(), CLIENT).await, How::Rotated);
}
