//! What operators see, in Prometheus' text format: counters of this process, nothing global.

mod histogram;
mod requests;

pub(crate) use histogram::Seconds;

use requests::Requests;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

/// The counters of a server.
#[derive(Debug)]
pub(crate) struct Metrics {
    pub(crate) requests: Requests,
    /// Connections that are open, as the listener counts them.
    pub(crate) open: Arc<AtomicUsize>,
    logins: [AtomicU64; LoginOutcome::ALL.len()],
    /// Tasks in the background that failed.
    pub(crate) failures: AtomicU64,
    pub(crate) started: Instant,
}

/// How an attempt to log in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginOutcome {
    Accepted,
    /// No such user, a wrong password, an account that is disabled.
    Refused,
    /// Too many attempts before it.
    Limited,
    /// There was no room for another password hash.
    Busy,
    /// The database could not be asked.
    Failed,
}

impl LoginOutcome {
    const ALL: [Self; 5] = [Self::Accepted, Self::Refused, Self::Limited, Self::Busy, Self::Failed];

    const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Limited => "limited",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            requests: Requests::default(),
            open: Arc::default(),
            logins: Default::default(),
            failures: AtomicU64::new(0),
            started: Instant::now(),
        }
    }

    /// Counts a task in the background that failed.
    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an attempt to log in.
    pub(crate) fn login(&self, outcome: LoginOutcome) {
        let counter = LoginOutcome::ALL.iter().position(|one| *one == outcome).and_then(|at| self.logins.get(at));
        if let Some(counter) = counter {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns each outcome with its count.
    pub(crate) fn logins(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counted = LoginOutcome::ALL.iter().zip(&self.logins);
        counted.map(|(outcome, counter)| (outcome.name(), counter.load(Ordering::Relaxed)))
    }
}
