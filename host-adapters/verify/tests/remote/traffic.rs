//! Requests that go on while something happens to the issuer.

use glowband_verify::{HostVerifier, RemoteKeySet};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// What became of the tokens.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) verified: AtomicU64,
    pub(crate) refused: AtomicU64,
}

impl Tally {
    pub(crate) fn count(&self, verified: bool) {
        let counter = if verified { &self.verified } else { &self.refused };
        counter.fetch_add(1, Ordering::SeqCst);
    }

    /// Prints both counts and what it took; then none may have been refused.
    pub(crate) fn none_refused(&self, fetches: usize, limit: usize) {
        let (verified, refused) = (self.verified.load(Ordering::SeqCst), self.refused.load(Ordering::SeqCst));
        println!("counted: verified {verified} tokens, {refused} refused, {fetches} fetches (limit {limit})");
        assert!(verified > 0);
        assert_eq!(refused, 0, "known keys stay known");
        assert!(fetches <= limit, "{fetches} fetches, {limit} allowed");
    }
}

/// Verifies the token from `threads` threads for as long as `meanwhile` takes. Leaves the processor to others now and
/// then, since the server under test runs on it too.
pub(crate) fn under_load(
    verifier: &HostVerifier,
    token: &[u8],
    threads: usize,
    tally: &Tally,
    meanwhile: impl FnOnce(),
) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    for _ in 0..50 {
                        tally.count(verifier.verify(token).is_ok());
                    }
                    thread::sleep(Duration::from_millis(2));
                }
            });
        }
        // Also when it panics, or the threads would never end.
        let _end = Ends(&over);
        meanwhile();
    });
}

struct Ends<'o>(&'o AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Waits for something that must come about; the time is what a slow machine may take.
pub(crate) fn eventually(what: &str, keys: &RemoteKeySet, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}: {:?}", keys.status());
        thread::sleep(Duration::from_millis(5));
    }
}

/// The smallest runtime there is.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
