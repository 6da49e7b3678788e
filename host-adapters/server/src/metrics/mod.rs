//! The counters of a server. They belong to the server, so two servers in one process do not share them.

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
    /// Open connections, counted by the listener.
    pub(crate) open: Arc<AtomicUsize>,
    logins: [AtomicU64; LoginOutcome::ALL.len()],
    /// Failed background tasks.
    pub(crate) failures: AtomicU64,
    pub(crate) started: Instant,
}

/// The outcome of a login attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginOutcome {
    Accepted,
    /// The user is unknown or disabled, or the password is wrong.
    Refused,
    /// A rate limit refused the attempt.
    Limited,
    /// The queue of password hashes was full.
    Busy,
    /// The server failed, for example because the database is unavailable.
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

    /// Counts a failed background task.
    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a login attempt.
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
