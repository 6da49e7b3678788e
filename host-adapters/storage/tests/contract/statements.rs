//! How many statements on `sessions` a refresh takes.

use crate::test_database::on_both;
use glowband_session::{
    Advance, Doubt, Ending, FeedCursor, How, Login, NewSession, Reading, RefreshKeys, Refused, Revocation, Rules,
    Session, SessionId, SessionStore, Sessions, StoreFuture,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A store that counts its calls. In both databases `read` and `advance` are one statement each.
struct Counting {
    store: Arc<dyn SessionStore>,
    reads: AtomicU32,
    changes: AtomicU32,
    others: AtomicU32,
}

impl Counting {
    /// Returns the counts of reads, changes and other calls since the last time.
    fn take(&self) -> (u32, u32, u32) {
        let take = |count: &AtomicU32| count.swap(0, Ordering::SeqCst);
        (take(&self.reads), take(&self.changes), take(&self.others))
    }

    fn other(&self) -> &dyn SessionStore {
        self.others.fetch_add(1, Ordering::SeqCst);
        &*self.store
    }

    fn change(&self) -> &dyn SessionStore {
        self.changes.fetch_add(1, Ordering::SeqCst);
        &*self.store
    }
}

impl SessionStore for Counting {
    fn insert(&self, new: NewSession) -> StoreFuture<'_, Session> {
        self.other().insert(new)
    }

    fn read(&self, id: SessionId) -> StoreFuture<'_, Option<Reading>> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.store.read(id)
    }

    fn advance(&self, step: Advance) -> StoreFuture<'_, Option<Reading>> {
        self.change().advance(step)
    }

    fn doubt(&self, doubt: Doubt) -> StoreFuture<'_, bool> {
        self.other().doubt(doubt)
    }

    fn redeliver(&self, id: SessionId, generation: u64) -> StoreFuture<'_, Option<Reading>> {
        self.change().redeliver(id, generation)
    }

    fn revoke_for_reuse(&self, id: SessionId, presented: u64) -> StoreFuture<'_, Option<Session>> {
        self.change().revoke_for_reuse(id, presented)
    }

    fn end(&self, id: SessionId, how: Ending) -> StoreFuture<'_, Option<Session>> {
        self.other().end(id, how)
    }

    fn end_all<'a>(&'a self, user_id: &'a str, except: Option<SessionId>) -> StoreFuture<'a, Vec<SessionId>> {
        self.other().end_all(user_id, except)
    }

    fn list<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Vec<Session>> {
        self.other().list(user_id)
    }

    fn list_all(&self, after: Option<SessionId>, limit: u32) -> StoreFuture<'_, Vec<Session>> {
        self.other().list_all(after, limit)
    }

    fn revoked_since(&self, after: FeedCursor, limit: u32) -> StoreFuture<'_, Vec<Revocation>> {
        self.other().revoked_since(after, limit)
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        self.other().prune(keep)
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        self.other().check()
    }
}

#[tokio::test]
async fn a_refresh_is_one_read_and_one_change() {
    on_both(async |database| {
        let counting = Arc::new(Counting {
            store: database.storage.sessions(),
            reads: AtomicU32::new(0),
            changes: AtomicU32::new(0),
            others: AtomicU32::new(0),
        });
        let sessions = Sessions::new(counting.clone(), RefreshKeys::generate().unwrap(), Rules::default());
        let opened = sessions.open(Login::new("alice", "app")).await.unwrap();
        assert_eq!(counting.take(), (0, 0, 1));

        // In two steps, as the login server does it, and in one.
        let presented = sessions.present(opened.token.as_str()).await.unwrap();
        assert_eq!(counting.take(), (1, 0, 0));
        let first = presented.rotate("app").await.unwrap();
        assert_eq!((first.how, counting.take()), (How::Rotated, (0, 1, 0)));
        let second = sessions.refresh(first.token.as_str(), "app").await.unwrap();
        assert_eq!((second.how, counting.take()), (How::Rotated, (1, 1, 0)));
        // A replay within the grace period changes nothing.
        let replay = sessions.refresh(first.token.as_str(), "app").await.unwrap();
        assert_eq!((replay.how, counting.take()), (How::Replayed, (1, 0, 0)));

        // A conflict: the row changes after it was read. It is read once more.
        let presented = sessions.present(second.token.as_str()).await.unwrap();
        let third = sessions.refresh(second.token.as_str(), "app").await.unwrap();
        counting.take();
        let late = presented.rotate("app").await.unwrap();
        assert_eq!((late.how, counting.take()), (How::Replayed, (1, 1, 0)));
        assert_eq!(late.token.as_str(), third.token.as_str());

        // A logout between the reading and the change wins.
        let presented = sessions.present(third.token.as_str()).await.unwrap();
        sessions.close(third.session.id).await.unwrap();
        counting.take();
        let refused = presented.rotate("app").await.unwrap_err();
        assert_eq!((refused.refused(), counting.take()), (Some(Refused::Closed), (1, 1, 0)));
    })
    .await;
}
