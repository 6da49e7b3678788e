//! A store that stops before each of its statements, so that anything can come in between; and stores that are wrong on
//! purpose, to see that the model finds it.

use glowband_session::{
    Advance, Doubt, Ending, FeedCursor, MemoryStore, NewSession, Reading, Revocation, Session, SessionId, SessionStore,
    State, StoreFuture,
};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

#[derive(Clone)]
pub(super) struct Stepped {
    pub(super) store: MemoryStore,
    pub(super) flaw: Option<Flaw>,
}

/// What others do wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flaw {
    /// Find, change, save: the row is looked at in one statement and written in another.
    FindChangeSave,
    /// The generation is no condition of the change.
    AnyGeneration,
    /// A closed session is no obstacle.
    AnyState,
    /// Ending a session writes back the whole row as it was read before.
    EndWritesBack,
}

impl Stepped {
    /// Writes a row as it stands, past every condition.
    fn save(&self, session: Session) {
        let mut rows = self.store.backup();
        rows.retain(|row| row.id != session.id);
        rows.push(session);
        self.store.restore(rows);
    }

    async fn flawed_advance(&self, step: Advance, flaw: Flaw) -> Option<Reading> {
        let Reading { session, now } = self.store.read(step.id).await.unwrap()?;
        let generation = matches!(flaw, Flaw::AnyGeneration) || session.generation == step.from;
        let state = matches!(flaw, Flaw::AnyState) || session.state == State::Open;
        if !generation || !state || session.expired(now) {
            return None;
        }
        if matches!(flaw, Flaw::FindChangeSave) {
            pause().await;
        }
        let idle_expires_at = now.after(step.idle).min(session.absolute_expires_at);
        let (generation, key_id) = (session.generation + step.to - step.from, step.key_id);
        let session = Session { generation, key_id, rotated_at: now, last_seen_at: now, idle_expires_at, ..session };
        self.save(session.clone());
        Some(Reading { session, now })
    }
}

impl SessionStore for Stepped {
    fn insert(&self, new: NewSession) -> StoreFuture<'_, Session> {
        stepped(self.store.insert(new))
    }

    fn read(&self, id: SessionId) -> StoreFuture<'_, Option<Reading>> {
        stepped(self.store.read(id))
    }

    fn advance(&self, step: Advance) -> StoreFuture<'_, Option<Reading>> {
        match self.flaw {
            Some(flaw @ (Flaw::FindChangeSave | Flaw::AnyGeneration | Flaw::AnyState)) => {
                stepped(Box::pin(async move { Ok(self.flawed_advance(step, flaw).await) }))
            }
            _ => stepped(self.store.advance(step)),
        }
    }

    fn doubt(&self, doubt: Doubt) -> StoreFuture<'_, bool> {
        stepped(self.store.doubt(doubt))
    }

    fn redeliver(&self, id: SessionId, generation: u64) -> StoreFuture<'_, Option<Reading>> {
        stepped(self.store.redeliver(id, generation))
    }

    fn revoke_for_reuse(&self, id: SessionId, presented: u64) -> StoreFuture<'_, Option<Session>> {
        if matches!(self.flaw, Some(Flaw::EndWritesBack)) {
            return self.end(id, Ending::RevokedForReuse);
        }
        stepped(self.store.revoke_for_reuse(id, presented))
    }

    fn end(&self, id: SessionId, how: Ending) -> StoreFuture<'_, Option<Session>> {
        if !matches!(self.flaw, Some(Flaw::EndWritesBack)) {
            return stepped(self.store.end(id, how));
        }
        stepped(Box::pin(async move {
            let Some(Reading { session, now }) = self.store.read(id).await? else { return Ok(None) };
            pause().await;
            let ended = Session { state: how.into(), ended_at: Some(now), ..session };
            self.save(ended.clone());
            Ok(Some(ended))
        }))
    }

    fn end_all<'a>(&'a self, user_id: &'a str, except: Option<SessionId>) -> StoreFuture<'a, Vec<SessionId>> {
        stepped(self.store.end_all(user_id, except))
    }

    fn list<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Vec<Session>> {
        stepped(self.store.list(user_id))
    }

    fn list_all(&self, after: Option<SessionId>, limit: u32) -> StoreFuture<'_, Vec<Session>> {
        stepped(self.store.list_all(after, limit))
    }

    fn revoked_since(&self, after: FeedCursor, limit: u32) -> StoreFuture<'_, Vec<Revocation>> {
        stepped(self.store.revoked_since(after, limit))
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        stepped(self.store.prune(keep))
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        stepped(self.store.check())
    }
}

fn stepped<'a, T: 'a>(statement: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
    Box::pin(async move {
        pause().await;
        statement.await
    })
}

/// Waits to be polled once more.
pub(super) fn pause() -> impl Future<Output = ()> + Send {
    struct Pause(bool);
    impl Future for Pause {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
        }
    }
    Pause(false)
}
