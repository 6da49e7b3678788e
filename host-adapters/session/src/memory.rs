//! The store in memory: the reference for other stores, and enough if sessions may end with the process.

use crate::{
    Advance, Doubt, Ending, FeedCursor, MAX_LISTED, NewSession, Reading, Revocation, Session, SessionId, SessionStore,
    State, SteadyClock, StoreClock, StoreError, StoreErrorKind, StoreFuture, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Sessions in memory. A clone is a second handle to the same sessions.
#[derive(Clone)]
pub struct MemoryStore {
    clock: Arc<dyn StoreClock>,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    rows: BTreeMap<SessionId, Session>,
    feed: BTreeMap<FeedCursor, Ending>,
    last_number: u64,
}

impl MemoryStore {
    /// An empty store with a [`SteadyClock`].
    pub fn new() -> Self {
        Self::with_clock(Arc::new(SteadyClock::new()))
    }

    /// An empty store with this clock.
    pub fn with_clock(clock: Arc<dyn StoreClock>) -> Self {
        Self { clock, table: Arc::default() }
    }

    /// Returns a copy of all rows, for [`restore`](Self::restore).
    pub fn backup(&self) -> Vec<Session> {
        self.table().rows.values().cloned().collect()
    }

    /// Replaces all rows by those of a backup. The feed keeps its numbers, and contains the endings of restored rows again.
    pub fn restore(&self, backup: Vec<Session>) {
        let mut table = self.table();
        table.rows = backup.into_iter().map(|session| (session.id, session)).collect();
        let Table { rows, feed, .. } = &mut *table;
        feed.retain(|cursor, _| rows.get(&cursor.id()).is_some_and(|row| row.state != State::Open));
        let told: BTreeSet<SessionId> = feed.keys().map(FeedCursor::id).collect();
        for row in rows.values().filter(|row| !told.contains(&row.id)) {
            if let (Some(ended_at), Some(how)) = (row.ended_at, row.state.ending()) {
                feed.insert(FeedCursor::new(FeedCursor::first_number(ended_at), row.id), how);
            }
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Every change is one assignment after all that can fail, so a poisoned table is whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one atomic change or look; the time is taken under the lock.
    fn at_once<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Table, Timestamp) -> Result<T, StoreError> + Send + 'a,
    ) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let mut table = self.table();
            let now = self.clock.now();
            work(&mut table, now)
        })
    }
}

impl Table {
    fn end(&mut self, ids: &[SessionId], how: Ending, now: Timestamp) {
        let number = FeedCursor::next_number(self.last_number, now);
        self.last_number = number;
        for id in ids {
            if let Some(row) = self.rows.get_mut(id) {
                let cursor = FeedCursor::new(number, *id);
                row.state = how.into();
                row.ended_at = Some(cursor.ended_at());
                self.feed.insert(cursor, how);
            }
        }
    }
}

impl SessionStore for MemoryStore {
    fn insert(&self, new: NewSession) -> StoreFuture<'_, Session> {
        self.at_once(move |table, now| {
            let session = new.into_session(now);
            if table.rows.contains_key(&session.id) {
                return Err(StoreError::new(StoreErrorKind::Other, "there is a session with this id already"));
            }
            table.rows.insert(session.id, session.clone());
            Ok(session)
        })
    }

    fn read(&self, id: SessionId) -> StoreFuture<'_, Option<Reading>> {
        self.at_once(move |table, now| Ok(table.rows.get(&id).cloned().map(|session| Reading { session, now })))
    }

    fn advance(&self, step: Advance) -> StoreFuture<'_, Option<Reading>> {
        self.at_once(move |table, now| {
            let row = table.rows.get_mut(&step.id).filter(|row| row.generation == step.from && row.alive(now));
            Ok(row.map(|row| {
                row.generation = step.to;
                row.key_id = step.key_id;
                row.rotated_at = now;
                row.last_seen_at = now;
                row.idle_expires_at = now.after(step.idle).min(row.absolute_expires_at);
                row.in_doubt = false;
                Reading { session: row.clone(), now }
            }))
        })
    }

    fn doubt(&self, doubt: Doubt) -> StoreFuture<'_, bool> {
        self.at_once(move |table, _| {
            let row = table.rows.get_mut(&doubt.id).filter(|row| row.state == State::Open && doubt.is_about(row));
            Ok(row.map(|row| row.in_doubt = true).is_some())
        })
    }

    fn redeliver(&self, id: SessionId, generation: u64) -> StoreFuture<'_, Option<Reading>> {
        self.at_once(move |table, now| {
            let row = table.rows.get_mut(&id);
            let row = row.filter(|row| row.in_doubt && row.generation == generation && row.alive(now));
            Ok(row.map(|row| {
                row.in_doubt = false;
                row.rotated_at = now;
                Reading { session: row.clone(), now }
            }))
        })
    }

    fn revoke_for_reuse(&self, id: SessionId, presented: u64) -> StoreFuture<'_, Option<Session>> {
        self.at_once(move |table, now| {
            let forgiven = |row: &Session| row.in_doubt && row.generation == presented.saturating_add(1);
            if table.rows.get(&id).is_none_or(|row| row.state != State::Open || forgiven(row)) {
                return Ok(None);
            }
            table.end(&[id], Ending::RevokedForReuse, now);
            Ok(table.rows.get(&id).cloned())
        })
    }

    fn end(&self, id: SessionId, how: Ending) -> StoreFuture<'_, Option<Session>> {
        self.at_once(move |table, now| {
            if table.rows.get(&id).is_none_or(|row| row.state != State::Open) {
                return Ok(None);
            }
            table.end(&[id], how, now);
            Ok(table.rows.get(&id).cloned())
        })
    }

    fn end_all<'a>(&'a self, user_id: &'a str, except: Option<SessionId>) -> StoreFuture<'a, Vec<SessionId>> {
        self.at_once(move |table, now| {
            let wanted = |row: &&Session| row.user_id == user_id && row.state == State::Open && Some(row.id) != except;
            let ids: Vec<SessionId> = table.rows.values().filter(wanted).map(|row| row.id).collect();
            table.end(&ids, Ending::Closed, now);
            Ok(ids)
        })
    }

    fn list<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Vec<Session>> {
        self.at_once(move |table, now| {
            let wanted = |row: &&Session| row.user_id == user_id && row.alive(now);
            let mut found: Vec<Session> = table.rows.values().filter(wanted).cloned().collect();
            found.sort_by_key(|row| std::cmp::Reverse((row.last_seen_at, row.id)));
            found.truncate(MAX_LISTED as usize);
            Ok(found)
        })
    }

    fn list_all(&self, after: Option<SessionId>, limit: u32) -> StoreFuture<'_, Vec<Session>> {
        self.at_once(move |table, _| {
            let rows = table.rows.values().filter(|row| after.is_none_or(|after| row.id > after));
            Ok(rows.take(limit as usize).cloned().collect())
        })
    }

    fn revoked_since(&self, after: FeedCursor, limit: u32) -> StoreFuture<'_, Vec<Revocation>> {
        self.at_once(move |table, _| {
            let later = table.feed.range((std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded));
            let revocation = |(cursor, ending): (&FeedCursor, &Ending)| Revocation {
                session_id: cursor.id(),
                ending: *ending,
                cursor: *cursor,
            };
            Ok(later.take(limit as usize).map(revocation).collect())
        })
    }

    fn prune(&self, keep: Duration) -> StoreFuture<'_, u64> {
        self.at_once(move |table, now| {
            let before = table.rows.len();
            let kept = now.before(keep);
            table
                .rows
                .retain(|_, row| row.absolute_expires_at >= kept && row.ended_at.is_none_or(|ended| ended >= kept));
            let Table { rows, feed, .. } = table;
            feed.retain(|cursor, _| rows.contains_key(&cursor.id()));
            Ok((before - rows.len()) as u64)
        })
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        self.at_once(|_, _| Ok(()))
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("clock", &self.clock).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ManualClock, Salt};

    /// A future of this store never waits.
    fn at_once<T>(future: StoreFuture<'_, T>) -> T {
        let mut future = future;
        match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
            std::task::Poll::Ready(answer) => answer.unwrap(),
            std::task::Poll::Pending => panic!("it waits"),
        }
    }

    #[test]
    fn an_ending_that_was_pruned_and_restored_is_told_again() {
        let clock = Arc::new(ManualClock::at(Timestamp(1_000)));
        let store = MemoryStore::with_clock(clock.clone());
        let id = SessionId::from_bytes([3; 16]);
        let hour = Duration::from_secs(3600);
        let new = NewSession {
            id,
            user_id: "alice".to_owned(),
            client: "app".to_owned(),
            label: None,
            scope: None,
            key_id: 7,
            salt: Salt::from_bytes([4; 16]),
            idle: hour,
            absolute: hour,
        };
        at_once(store.insert(new));
        at_once(store.end(id, Ending::RevokedForReuse));
        let told = at_once(store.revoked_since(FeedCursor::START, 10));
        let backup = store.backup();
        clock.advance(hour);
        assert_eq!(at_once(store.prune(Duration::ZERO)), 1);
        store.restore(backup);
        let again = at_once(store.revoked_since(FeedCursor::START, 10));
        assert_eq!(
            again.iter().map(|one| (one.session_id, one.ending)).collect::<Vec<_>>(),
            [(id, Ending::RevokedForReuse)]
        );
        assert_eq!(again[0].ended_at(), told[0].ended_at());
    }
}
