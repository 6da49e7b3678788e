//! A pool for password hashes, each of which takes a core and megabytes of memory. It limits how many run and how many wait,
//! and refuses the rest.
//!
//! Without these limits, logins could use up the server's memory and delay all other requests. An unlimited queue would do
//! work for clients that have disconnected.

use super::PasswordError;
use super::hashing::Memory;
use crate::config::PasswordSettingError;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// The pool. Clones share it.
#[derive(Clone)]
pub(super) struct Pool(Arc<Shared>);

struct Shared {
    parallel: usize,
    turns: Arc<Semaphore>,
    may_wait: usize,
    waiting: AtomicUsize,
    /// The moving average of the time for one job, in microseconds.
    mean_micros: AtomicU64,
    done: AtomicU64,
    refused: AtomicU64,
    /// Memory of finished jobs, for the next jobs. It is returned to the system after some time without jobs.
    spare: Mutex<Spare>,
}

#[derive(Default)]
struct Spare {
    memory: Vec<Memory>,
    /// When memory was last added.
    kept: Option<Instant>,
    /// Whether a task waits to return it.
    watched: bool,
}

/// How long memory is kept without a job.
const KEPT: Duration = Duration::from_secs(3);

/// The queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// For `Retry-After`; at least 1.
    pub(crate) seconds: u64,
}

/// The load of the pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PoolFigures {
    pub(crate) running: usize,
    pub(crate) waiting: usize,
    /// Finished jobs.
    pub(crate) done: u64,
    /// Jobs that were refused because the queue was full.
    pub(crate) refused: u64,
    /// The average time for one job, without its time in the queue.
    pub(crate) mean: Duration,
}

/// The longest `Retry-After` that an estimate can give.
const LONGEST_WAIT: u64 = 60;

impl Pool {
    pub(super) fn new(parallel: usize, may_wait: usize) -> Result<Self, PasswordSettingError> {
        if !(1..=256).contains(&parallel) {
            return Err(PasswordSettingError::outside("argon2-parallel-hashes", parallel, "1 to 256".to_owned()));
        }
        if !(1..=1_000_000).contains(&may_wait) {
            return Err(PasswordSettingError::outside("waiting password hashes", may_wait, "1 to 1000000".to_owned()));
        }
        Ok(Self(Arc::new(Shared {
            parallel,
            turns: Arc::new(Semaphore::new(parallel)),
            may_wait,
            waiting: AtomicUsize::new(0),
            mean_micros: AtomicU64::new(0),
            done: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            spare: Mutex::default(),
        })))
    }

    /// Runs `job` on a thread for blocking work, in the order of arrival. A caller that stops waiting leaves the queue. A job
    /// that has started runs to its end.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let shared = &self.0;
        let turn = match Arc::clone(&shared.turns).try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => {
                let _place = shared.queue()?;
                let turn = Arc::clone(&shared.turns).acquire_owned().await;
                turn.map_err(|_| PasswordError::Failed)?
            }
        };
        let worker = Arc::clone(shared);
        let ended = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let start = Instant::now();
            let mut memory = worker.memory();
            let result = job(&mut memory);
            worker.keep(memory);
            worker.count(start.elapsed());
            result
        });
        let ended = ended.await.map_err(|error| {
            tracing::error!(%error, "password hash task failed");
            PasswordError::Failed
        });
        shared.watch();
        ended
    }

    pub(super) fn figures(&self) -> PoolFigures {
        let shared = &self.0;
        PoolFigures {
            running: shared.parallel.saturating_sub(shared.turns.available_permits()),
            waiting: shared.waiting.load(Ordering::Relaxed),
            done: shared.done.load(Ordering::Relaxed),
            refused: shared.refused.load(Ordering::Relaxed),
            mean: Duration::from_micros(shared.mean_micros.load(Ordering::Relaxed)),
        }
    }
}

/// A place in the queue. Dropping it leaves the queue.
struct WaitingPlace<'p>(&'p Shared);

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Shared {
    fn queue(&self) -> Result<WaitingPlace<'_>, Busy> {
        let taken = self.waiting.fetch_add(1, Ordering::Relaxed);
        let place = WaitingPlace(self);
        if taken < self.may_wait {
            return Ok(place);
        }
        drop(place);
        self.refused.fetch_add(1, Ordering::Relaxed);
        Err(Busy { seconds: self.time_to_empty() })
    }

    /// Returns the estimated time for all waiting jobs.
    fn time_to_empty(&self) -> u64 {
        let rounds = self.waiting.load(Ordering::Relaxed).div_ceil(self.parallel);
        let micros = self.mean_micros.load(Ordering::Relaxed).saturating_mul(rounds as u64);
        micros.div_ceil(1_000_000).clamp(1, LONGEST_WAIT)
    }

    fn memory(&self) -> Memory {
        self.spare().memory.pop().unwrap_or_default()
    }

    fn keep(&self, memory: Memory) {
        let mut spare = self.spare();
        spare.memory.push(memory);
        spare.kept = Some(Instant::now());
    }

    /// Returns the memory to the system after some time without jobs.
    fn watch(self: &Arc<Self>) {
        if std::mem::replace(&mut self.spare().watched, true) {
            return;
        }
        let pool = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(KEPT).await;
                let Some(pool) = pool.upgrade() else { return };
                let mut spare = pool.spare();
                if spare.kept.is_none_or(|kept| kept.elapsed() >= KEPT) {
                    spare.memory = Vec::new();
                    spare.watched = false;
                    return;
                }
            }
        });
    }

    fn spare(&self) -> MutexGuard<'_, Spare> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.done.fetch_add(1, Ordering::Relaxed);
        // If two jobs end at once, losing one update does not distort the average.
        let mean = self.mean_micros.load(Ordering::Relaxed);
        let next = if mean == 0 { micros } else { mean - mean / 8 + micros / 8 };
        self.mean_micros.store(next, Ordering::Relaxed);
    }
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "too many logins at once; come back in {} s", self.seconds)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.figures().fmt(f)
    }
}
