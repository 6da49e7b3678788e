//! A fetch that a token asked for, and that several may wait for.

use crate::remote::unknown::LONGEST_KID;
use crate::remote::worker::{Flight, Worker};
use event_listener::Listener;
use std::fmt;
use std::sync::Arc;

/// Waits for one fetch of a [`RemoteKeySet`](crate::RemoteKeySet), which ends within its time-out, well or not.
///
/// Dropping it gives up the waiting, not the fetch.
pub struct Refetch {
    worker: Arc<Worker>,
    number: u64,
    joined: bool,
    /// The `kid` to record as absent if the fetch does not return it.
    kid: Option<Box<[u8]>>,
}

impl Refetch {
    pub(crate) fn begun(worker: Arc<Worker>, number: u64, kid: Option<&[u8]>) -> Self {
        let kid = kid.filter(|kid| kid.len() <= LONGEST_KID).map(Box::from);
        Self { worker, number, joined: false, kid }
    }

    pub(crate) fn joined(worker: Arc<Worker>, number: u64) -> Self {
        Self { worker, number, joined: true, kid: None }
    }

    /// Whether the fetch was already running. It may have begun before the key was published.
    pub fn is_joined(&self) -> bool {
        self.joined
    }

    /// Blocks this thread until the fetch has ended.
    pub fn wait(self) {
        loop {
            match self.worker.flight(self.number) {
                Flight::UnderWay(listener) => listener.wait(),
                Flight::Ended { well } => return self.conclude(well),
            }
        }
    }

    /// Ready when the fetch has ended; needs no particular runtime.
    pub async fn ended(self) {
        loop {
            match self.worker.flight(self.number) {
                Flight::UnderWay(listener) => listener.await,
                Flight::Ended { well } => return self.conclude(well),
            }
        }
    }

    /// A failed fetch says nothing of the key. One that was joined might have asked too early.
    fn conclude(self, well: bool) {
        if let (true, Some(kid)) = (well, &self.kid) {
            self.worker.note_absent(kid);
        }
    }
}

impl fmt::Debug for Refetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refetch").field("number", &self.number).field("joined", &self.joined).finish_non_exhaustive()
    }
}
