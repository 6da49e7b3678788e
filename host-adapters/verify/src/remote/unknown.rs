//! Limits how many tokens with an unknown `kid` cause a fetch, and records which kids the issuer does not have.

use crate::token_cache::keyed;
use ahash::RandomState;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The sender of a token chooses its `kid`. So only a hash of it is stored, which a sender cannot predict.
pub(crate) struct UnknownKeys {
    hash: RandomState,
    /// Hashes, and when each is deleted, in the order of that time.
    absent: VecDeque<(u64, Instant)>,
    /// The time that one fetch uses up.
    interval: Duration,
    /// The end of the time that is used up.
    spent_until: Option<Instant>,
}

/// The longest `kid` in bytes that can cause a fetch.
pub(crate) const LONGEST_KID: usize = 256;
/// The number of fetches that need no interval between them.
pub(crate) const BURST: u32 = 3;
const MAX_ABSENT: usize = 1024;
const ABSENT_FOR: Duration = Duration::from_secs(60);

impl UnknownKeys {
    /// Allows one fetch per `interval`, and [`BURST`] at once after a quiet time.
    pub(crate) fn new(interval: Duration) -> Self {
        Self { hash: keyed(), absent: VecDeque::new(), interval, spent_until: None }
    }

    /// Returns whether a recent fetch did not return this key.
    pub(crate) fn is_absent(&mut self, kid: &[u8], now: Instant) -> bool {
        if kid.len() > LONGEST_KID {
            return true;
        }
        while self.absent.front().is_some_and(|(_, until)| *until <= now) {
            self.absent.pop_front();
        }
        let hash = self.hash.hash_one(kid);
        self.absent.iter().any(|(known, _)| *known == hash)
    }

    /// Records that the issuer does not have this key. The oldest record is deleted if there are too many.
    pub(crate) fn note_absent(&mut self, kid: &[u8], now: Instant) {
        if self.is_absent(kid, now) {
            return;
        }
        if self.absent.len() >= MAX_ABSENT {
            self.absent.pop_front();
        }
        self.absent.push_back((self.hash.hash_one(kid), now + ABSENT_FOR));
    }

    /// Takes one fetch from the allowed rate. Returns false if the rate is used up.
    pub(crate) fn take_fetch(&mut self, now: Instant) -> bool {
        let spent = self.spent_until.map_or(now, |until| until.max(now));
        let ahead = spent.duration_since(now);
        if ahead > self.interval * (BURST - 1) {
            return false;
        }
        self.spent_until = Some(spent + self.interval);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_holds_over_any_stretch() {
        let start = Instant::now();
        let mut unknown = UnknownKeys::new(Duration::from_secs(10));
        let at = |millis: u64| start + Duration::from_millis(millis);
        let taken = (0..10_000).filter(|_| unknown.take_fetch(at(0))).count();
        assert_eq!(taken, 3);
        assert!(!unknown.take_fetch(at(9_999)));
        assert!(unknown.take_fetch(at(10_000)));
        assert!(!unknown.take_fetch(at(10_000)));
        // A quiet hour saves up the burst, not an hour's worth.
        let taken = (0..100).filter(|_| unknown.take_fetch(at(3_600_000))).count();
        assert_eq!(taken, 3);
        let taken = (0..60_000).filter(|millis| unknown.take_fetch(at(3_600_000 + millis))).count();
        assert_eq!(taken, 5);
    }

    #[test]
    fn what_is_absent_is_forgotten_after_a_minute() {
        let start = Instant::now();
        let mut unknown = UnknownKeys::new(Duration::from_secs(10));
        assert!(!unknown.is_absent(b"a", start));
        unknown.note_absent(b"a", start);
        assert!(unknown.is_absent(b"a", start + Duration::from_secs(59)));
        assert!(!unknown.is_absent(b"b", start + Duration::from_secs(59)));
        assert!(!unknown.is_absent(b"a", start + Duration::from_secs(60)));
        assert!(unknown.absent.is_empty());
    }

    #[test]
    fn the_memory_is_bounded_and_long_names_need_none() {
        let start = Instant::now();
        let mut unknown = UnknownKeys::new(Duration::from_secs(10));
        for number in 0..10_000_u32 {
            unknown.note_absent(&number.to_le_bytes(), start);
            unknown.note_absent(&number.to_le_bytes(), start);
        }
        assert_eq!(unknown.absent.len(), MAX_ABSENT);
        assert!(unknown.is_absent(&9_999_u32.to_le_bytes(), start));
        assert!(!unknown.is_absent(&0_u32.to_le_bytes(), start));
        assert!(unknown.is_absent(&[b'k'; LONGEST_KID + 1], start));
        assert!(!unknown.is_absent(&[b'k'; LONGEST_KID], start));
    }
}
