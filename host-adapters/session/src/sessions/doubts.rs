//! Rotations whose responses may not have reached their clients, until they are marked in the store.
//!
//! A statement that got no answer may have been carried out: its commit waits for a standby, or its connection was cut. The
//! client then has no new token, and presents the old one again, perhaps after the reuse grace period. The mark in the row
//! ([`Session::in_doubt`](crate::Session)) often cannot be written at that moment, so it is kept here.

use crate::{Doubt, Session, SessionId, Timestamp};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many wait at most. A further one is not recorded; its client has the reuse grace period alone.
const MOST: usize = 10_000;
/// How long one waits at most for a store that does not answer.
const LONGEST: Duration = Duration::from_secs(15 * 60);

#[derive(Default)]
pub(super) struct Doubts {
    waiting: Mutex<HashMap<SessionId, (Doubt, Instant)>>,
    /// How many wait, to be read without the lock.
    count: AtomicUsize,
}

impl Doubts {
    pub(super) fn add(&self, doubt: Doubt) {
        let mut waiting = self.waiting();
        if waiting.len() < MOST || waiting.contains_key(&doubt.id) {
            waiting.insert(doubt.id, (doubt, Instant::now()));
            self.count.store(waiting.len(), Ordering::Release);
        }
    }

    /// Removes this doubt, unless a later one has replaced it.
    pub(super) fn remove(&self, doubt: Doubt) {
        let mut waiting = self.waiting();
        if waiting.get(&doubt.id).is_some_and(|(own, _)| *own == doubt) {
            waiting.remove(&doubt.id);
            self.count.store(waiting.len(), Ordering::Release);
        }
    }

    /// Removes the doubt about a session whose client gets an answer after all.
    pub(super) fn forget(&self, id: SessionId) {
        if !self.is_empty() {
            let mut waiting = self.waiting();
            waiting.remove(&id);
            self.count.store(waiting.len(), Ordering::Release);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// Returns the doubt about the newest rotation of this row.
    pub(super) fn about(&self, session: &Session) -> Option<Doubt> {
        if self.is_empty() {
            return None;
        }
        self.waiting().get(&session.id).map(|(doubt, _)| *doubt).filter(|doubt| doubt.is_about(session))
    }

    /// Returns all doubts, after dropping those that are too old.
    pub(super) fn all(&self) -> Vec<Doubt> {
        let mut waiting = self.waiting();
        waiting.retain(|_, (_, since)| since.elapsed() < LONGEST);
        self.count.store(waiting.len(), Ordering::Release);
        waiting.values().map(|(doubt, _)| *doubt).collect()
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<SessionId, (Doubt, Instant)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A statement in progress that leads to a new token. Unless it is [answered](Self::answered), it leaves a doubt, also if the
/// future that waits for it is dropped.
pub(super) struct UnderWay<'a> {
    doubts: &'a Doubts,
    id: SessionId,
    generation: u64,
    /// The time of the store when the row was read, and when that reading arrived, by the clock of this process.
    now: Timestamp,
    since: Instant,
    answered: bool,
}

impl<'a> UnderWay<'a> {
    pub(super) fn new(doubts: &'a Doubts, id: SessionId, generation: u64, now: Timestamp, since: Instant) -> Self {
        Self { doubts, id, generation, now, since, answered: false }
    }

    pub(super) fn answered(mut self) {
        self.answered = true;
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if !self.answered {
            // Whatever the store does later than this belongs to another statement.
            let until = self.now.after(self.since.elapsed());
            self.doubts.add(Doubt { id: self.id, generation: self.generation, until });
        }
    }
}
