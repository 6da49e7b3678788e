//! The thread that prepares the keys of a set: one at most, and only while there is something to prepare.

use super::host_key::SharedKey;
use super::preparation::Preparation;
use glowband_core::TableEntry;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

/// Prepares keys in the background, one after the other.
///
/// It knows keys only weakly: one that is dropped before its turn is passed over.
pub(crate) struct Preparer {
    preparation: Preparation,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Weak<SharedKey>>,
    /// How many keys were put in line so far.
    admitted: usize,
    working: bool,
}

/// The largest total size of the tables of one key set, in bytes. An issuer's document of 1 MiB can name thousands of keys,
/// whose tables would otherwise need half a gigabyte.
const MOST: usize = 8 << 20;

impl Preparer {
    pub(crate) fn new(preparation: Preparation) -> Self {
        Self { preparation, queue: Mutex::new(Queue::default()) }
    }

    pub(super) fn preparation(&self) -> &Preparation {
        &self.preparation
    }

    /// Puts a key in line, unless the tables of its set would take too much memory.
    pub(super) fn add(&self, key: Weak<SharedKey>) {
        let table = self.preparation.table_shape().entries() * size_of::<TableEntry>();
        let mut queue = self.queue();
        if queue.admitted < MOST / table {
            queue.admitted += 1;
            queue.waiting.push_back(key);
        }
    }

    /// Starts the thread, unless it is there already or has nothing to do.
    pub(crate) fn start(self: &Arc<Self>) {
        let mut queue = self.queue();
        if queue.working || queue.waiting.is_empty() {
            return;
        }
        let own = Arc::clone(self);
        let started = thread::Builder::new().name("glowband-prepare".into()).spawn(move || own.work());
        // Without a thread the keys stay as they are, until one more is put in line.
        queue.working = started.is_ok();
    }

    fn work(&self) {
        let _guard = EndsWithTheThread(self);
        while let Some(key) = self.next() {
            if let Some(key) = key.upgrade() {
                key.prepare();
            }
        }
    }

    /// Under the same lock as the end of the work, so that no key is put in line behind it.
    fn next(&self) -> Option<Weak<SharedKey>> {
        let mut queue = self.queue();
        let next = queue.waiting.pop_front();
        queue.working = next.is_some();
        next
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing is half done in there at any time.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// However the thread ends, another may be started.
struct EndsWithTheThread<'p>(&'p Preparer);

impl Drop for EndsWithTheThread<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.queue().working = false;
        }
    }
}
