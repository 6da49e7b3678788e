//! The current keys. Readers take a snapshot without a lock; a writer replaces all keys at once.

use crate::KeySet;
use arc_swap::{ArcSwap, Guard};
use std::fmt;
use std::sync::Arc;

/// A key set that can be replaced while threads verify with it. Clones are handles to the same keys.
///
/// A verification takes a snapshot and finishes with it; the next token uses the replacement. Readers never wait.
///
/// ```
/// use glowband_verify::{KeyReader, LiveKeys};
///
/// let keys = LiveKeys::new(KeyReader::new().secret(b"an example secret of 32+ bytes..")?);
/// let same = keys.clone();
/// let generation = keys.replace(KeyReader::new().secret(b"another example secret, 32+ bytes")?);
/// assert_eq!(generation, 2);
/// assert_eq!(same.snapshot().generation(), 2);
/// # Ok::<(), glowband_verify::KeyFileError>(())
/// ```
#[derive(Clone)]
pub struct LiveKeys {
    current: Arc<ArcSwap<Snapshot>>,
}

/// The keys at one time.
#[derive(Debug)]
pub struct Snapshot {
    keys: Arc<KeySet>,
    generation: u64,
}

impl LiveKeys {
    /// Creates the handle with these keys as generation 1. With an empty set every token is refused.
    pub fn new(keys: KeySet) -> Self {
        let first = Snapshot { keys: Arc::new(keys), generation: 1 };
        Self { current: Arc::new(ArcSwap::from_pointee(first)) }
    }

    /// Replaces the keys, and returns their generation.
    pub fn replace(&self, keys: KeySet) -> u64 {
        let keys = Arc::new(keys);
        let next = |current: &Arc<Snapshot>| Snapshot { keys: Arc::clone(&keys), generation: current.generation + 1 };
        self.current.rcu(next).generation + 1
    }

    /// Returns the current keys.
    pub fn snapshot(&self) -> Guard<Arc<Snapshot>> {
        self.current.load()
    }
}

impl Snapshot {
    /// Returns the keys.
    pub fn keys(&self) -> &KeySet {
        &self.keys
    }

    /// Returns the number of this key set, counted from 1. It increases with every replacement.
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

impl From<KeySet> for LiveKeys {
    fn from(keys: KeySet) -> Self {
        Self::new(keys)
    }
}

impl fmt::Debug for LiveKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glowband_core::Hs256Key;
    use std::thread;

    fn keys(count: usize) -> KeySet {
        let mut keys = KeySet::new();
        for index in 0..count {
            keys.add(Some(&[u8::try_from(index).unwrap()]), Hs256Key::new(&[1; 32]).unwrap());
        }
        keys
    }

    #[test]
    fn a_reader_sees_one_whole_set_while_others_replace_it() {
        let live = LiveKeys::new(keys(1));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    (1..200).for_each(|round| {
                        live.replace(keys(round % 7 + 1));
                    });
                });
            }
            for _ in 0..2_000 {
                let snapshot = live.snapshot();
                let length = snapshot.keys().len();
                assert_eq!(snapshot.keys().iter().count(), length);
                assert!((1..=7).contains(&length));
            }
        });
        assert!(live.snapshot().generation() > 390);
    }

    #[test]
    fn debug_shows_names_only() {
        assert_eq!(
            format!("{:?}", LiveKeys::new(keys(1))),
            "Snapshot { keys: KeySet [(Hs256, Some(\"\\0\"))], generation: 1 }"
        );
    }
}
