//! One thread per key set. Only this thread fetches: when a refresh is due, and on request.

use crate::remote::document::Document;
use crate::remote::exchange::Limits;
use crate::remote::freshness::Freshness;
use crate::remote::refetch::Refetch;
use crate::remote::source::Source;
use crate::remote::status::KeySetStatus;
use crate::remote::unknown::UnknownKeys;
use crate::remote::{FetchError, FetchFault};
use crate::{KeyReader, KeySet, LiveKeys};
use aws_lc_rs::rand;
use event_listener::{Event, EventListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What the thread works by.
pub(crate) struct Plan {
    pub(crate) source: Source,
    pub(crate) limits: Limits,
    pub(crate) freshness: Freshness,
    pub(crate) drop_after: Option<Duration>,
    pub(crate) refetch_interval: Duration,
    pub(crate) reader: KeyReader,
}

/// What the thread and the handles share. No verification ever takes the lock; only fetches, and those who ask for
/// one, do.
pub(crate) struct Worker {
    plan: Plan,
    keys: LiveKeys,
    state: Mutex<State>,
    /// The thread has something to do.
    due: Condvar,
    /// A fetch ended, or the thread did.
    ended: Event,
}

struct State {
    stopped: bool,
    /// The number of fetches that began. A fetch is running while this is greater than `ended`.
    begun: u64,
    ended: u64,
    /// The running fetch was requested, and the thread has not begun it yet.
    asked: bool,
    next_fetch: Instant,
    /// The time from which the age of the current keys counts: the last success, or the start.
    aging_since: Instant,
    last_success: Option<Instant>,
    /// The document that the current keys were read from, and their generation.
    body: Vec<u8>,
    generation: u64,
    failures_in_a_row: u32,
    failures: u64,
    last_error: Option<FetchError>,
    unknown: UnknownKeys,
    refetches: u64,
    refetches_refused: u64,
}

/// How a fetch stands, for those who wait for it.
pub(crate) enum Flight {
    UnderWay(EventListener),
    Ended { well: bool },
}

impl Worker {
    /// Starts the thread, whose first fetch begins at once.
    pub(crate) fn start(plan: Plan, initial: KeySet) -> Result<Arc<Self>, FetchError> {
        let now = Instant::now();
        let state = State {
            stopped: false,
            begun: 1,
            ended: 0,
            asked: true,
            next_fetch: now,
            aging_since: now,
            last_success: None,
            body: Vec::new(),
            // None yet: the first document always counts as news.
            generation: 0,
            failures_in_a_row: 0,
            failures: 0,
            last_error: None,
            unknown: UnknownKeys::new(plan.refetch_interval),
            refetches: 0,
            refetches_refused: 0,
        };
        let keys = LiveKeys::new(initial);
        let worker = Arc::new(Self { plan, keys, state: Mutex::new(state), due: Condvar::new(), ended: Event::new() });
        let own = Arc::clone(&worker);
        let thread = thread::Builder::new().name("glowband-keys".to_owned());
        thread.spawn(move || own.run()).map_err(|error| FetchFault::Thread(error.kind()))?;
        Ok(worker)
    }

    pub(crate) fn keys(&self) -> &LiveKeys {
        &self.keys
    }

    /// Lets the thread end: at once, or when the exchange that it is in ends.
    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
        self.due.notify_all();
        self.ended.notify(usize::MAX);
    }

    /// Requests a fetch because of an unknown key, or joins the running fetch.
    pub(crate) fn refetch(self: &Arc<Self>, kid: Option<&[u8]>) -> Option<Refetch> {
        let now = Instant::now();
        let mut state = self.lock();
        if self.has(kid) {
            // It came in between.
            return Some(Refetch::joined(Arc::clone(self), state.ended));
        }
        let in_vain = kid.is_some_and(|kid| state.unknown.is_absent(kid, now));
        if !in_vain && state.under_way() {
            return Some(Refetch::joined(Arc::clone(self), state.begun));
        }
        if in_vain || state.stopped || !state.unknown.take_fetch(now) {
            state.refetches_refused += 1;
            return None;
        }
        state.begun += 1;
        state.asked = true;
        state.refetches += 1;
        let number = state.begun;
        drop(state);
        self.due.notify_all();
        Some(Refetch::begun(Arc::clone(self), number, kid))
    }

    /// Returns the state of the fetch with this number.
    pub(crate) fn flight(&self, number: u64) -> Flight {
        // The listener is created before the state is read, so that no end is missed.
        let listener = self.ended.listen();
        let state = self.lock();
        if state.ended >= number || state.stopped {
            Flight::Ended { well: state.ended >= number && state.last_error.is_none() }
        } else {
            Flight::UnderWay(listener)
        }
    }

    /// Returns a listener for the end of the next fetch. Call it before reading the result of one.
    pub(crate) fn listen(&self) -> EventListener {
        self.ended.listen()
    }

    /// Records that the issuer does not have this key, if the last fetch did not return it.
    pub(crate) fn note_absent(&self, kid: &[u8]) {
        let mut state = self.lock();
        if !self.has(Some(kid)) {
            state.unknown.note_absent(kid, Instant::now());
        }
    }

    pub(crate) fn status(&self) -> KeySetStatus {
        let (snapshot, state) = (self.keys.snapshot(), self.lock());
        let now = Instant::now();
        KeySetStatus {
            age: state.last_success.map(|then| now.saturating_duration_since(then)),
            generation: snapshot.generation(),
            keys: snapshot.keys().key_count(),
            skipped: snapshot.keys().skipped().len(),
            fetches: state.ended,
            failures: state.failures,
            refetches_by_unknown_kid: state.refetches,
            refetches_refused: state.refetches_refused,
            last_error: state.last_error.clone(),
            next_fetch: match state.under_way() {
                true => Duration::ZERO,
                false => state.next_fetch.saturating_duration_since(now),
            },
        }
    }

    pub(crate) fn last_error(&self) -> Option<FetchError> {
        self.lock().last_error.clone()
    }

    fn run(self: Arc<Self>) {
        // Wakes all waiting callers however the thread ends.
        let _guard = StopsWithTheThread(&self);
        while self.await_turn() {
            // A panic in a library loses this fetch, but does not end the thread.
            let fetch = || self.plan.source.fetch(&self.plan.limits).and_then(|document| self.read(document));
            self.settle(catch_unwind(AssertUnwindSafe(fetch)).unwrap_or_else(|_| Err(FetchFault::Fault.into())));
        }
    }

    /// Sleeps until a fetch is due. Returns false when the thread has to end.
    fn await_turn(&self) -> bool {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return false;
            }
            let now = Instant::now();
            let drops_in = self.drop_if_too_old(&state, now);
            if state.asked || now >= state.next_fetch {
                if !state.under_way() {
                    state.begun += 1;
                }
                state.asked = false;
                return true;
            }
            let pause = state.next_fetch.saturating_duration_since(now);
            let pause = drops_in.map_or(pause, |drops_in| pause.min(drops_in));
            state = self.due.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Parses the keys of a document. Returns `None` if the current keys were read from the same document.
    fn read(&self, document: Document) -> Result<(Document, Option<KeySet>), FetchError> {
        let state = self.lock();
        let known = state.body == document.body && state.generation == self.keys.snapshot().generation();
        drop(state);
        if known {
            return Ok((document, None));
        }
        let keys = self.plan.reader.public_only().parse(&document.body);
        let mut keys = keys.map_err(|error| document.without_keys(error))?;
        keys.adopt(self.keys.snapshot().keys());
        Ok((document, Some(keys)))
    }

    /// Applies the result of a fetch, plans the next one, and notifies all listeners.
    fn settle(&self, read: Result<(Document, Option<KeySet>), FetchError>) {
        let now = Instant::now();
        let mut state = self.lock();
        let pause = match read {
            Ok((document, keys)) => {
                if let Some(keys) = keys {
                    state.generation = self.keys.replace(keys);
                    state.body = document.body;
                }
                state.last_success = Some(now);
                state.aging_since = now;
                state.failures_in_a_row = 0;
                state.last_error = None;
                self.plan.freshness.after_success(document.fresh_for, chance())
            }
            Err(error) => {
                state.failures += 1;
                state.failures_in_a_row = state.failures_in_a_row.saturating_add(1);
                state.last_error = Some(error);
                self.plan.freshness.after_failures(state.failures_in_a_row, chance())
            }
        };
        self.drop_if_too_old(&state, now);
        state.next_fetch = now + pause;
        state.ended = state.begun;
        drop(state);
        self.ended.notify(usize::MAX);
    }

    /// Drops keys that the issuer has not confirmed for too long. Otherwise returns how long they may still be used.
    fn drop_if_too_old(&self, state: &State, now: Instant) -> Option<Duration> {
        let limit = self.plan.drop_after?;
        let age = now.saturating_duration_since(state.aging_since);
        if age < limit {
            return Some(limit - age);
        }
        if !self.keys.snapshot().keys().is_empty() {
            // The new generation makes the next document count as changed even if it is the same.
            self.keys.replace(KeySet::new());
        }
        None
    }

    /// Returns whether this key is among the current keys, or, without a `kid`, whether there are any keys.
    fn has(&self, kid: Option<&[u8]>) -> bool {
        let snapshot = self.keys.snapshot();
        let mut keys = snapshot.keys().iter();
        match kid {
            Some(kid) => keys.any(|(own, _)| own == Some(kid)),
            None => keys.next().is_some(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is consistent even after a panic with the lock held: no field depends on a half-written one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn under_way(&self) -> bool {
        self.begun > self.ended
    }
}

struct StopsWithTheThread<'w>(&'w Worker);

impl Drop for StopsWithTheThread<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

fn chance() -> u16 {
    let mut bytes = [0; 2];
    // Without randomness there is no jitter. That is harmless, so the error is ignored.
    let _ = rand::fill(&mut bytes);
    u16::from_ne_bytes(bytes)
}
