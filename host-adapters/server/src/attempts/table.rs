//! A table with one number per key, in memory of a fixed size.
//!
//! A key has eight possible entries. If all are in use, the smallest number is replaced: the budget that is closest to being
//! full. To remove a nearly used-up budget, an attacker would have to use up others as far in the same eight of a quarter of
//! a million entries, which a keyed hash selects.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

const PLACES: usize = 8;
const SHARDS: usize = 64;

/// Numbers above 0 by the hash of their key. 0 marks a free entry.
#[derive(Debug)]
pub(super) struct Table {
    shards: Box<[Mutex<Vec<Entry>>]>,
    groups_per_shard: usize,
}

type Entry = (u64, u64);

impl Table {
    /// Returns a table with at least this number of entries. Pages that were never used take no memory.
    pub(super) fn new(entries: usize) -> Self {
        let groups_per_shard = entries.div_ceil(PLACES * SHARDS).max(1);
        let shard = || Mutex::new(vec![(0, 0); groups_per_shard * PLACES]);
        Self { shards: std::iter::repeat_with(shard).take(SHARDS).collect(), groups_per_shard }
    }

    pub(super) fn get(&self, key: u64) -> Option<u64> {
        self.with_entry(key, |entry| (entry.0 == key && entry.1 != 0).then_some(entry.1))
    }

    pub(super) fn set(&self, key: u64, number: u64) {
        self.with_entry(key, |entry| *entry = (key, number));
    }

    /// Replaces the number of a key that has one.
    pub(super) fn change(&self, key: u64, change: impl FnOnce(u64) -> u64) {
        self.with_entry(key, |entry| {
            if entry.0 == key && entry.1 != 0 {
                entry.1 = change(entry.1);
            }
        });
    }

    /// Passes the key's number to the function, and stores the result unless it is an error.
    pub(super) fn replace<T, E>(
        &self,
        key: u64,
        replace: impl FnOnce(Option<u64>) -> Result<(T, u64), E>,
    ) -> Result<T, E> {
        self.with_entry(key, |entry| {
            let now = (entry.0 == key && entry.1 != 0).then_some(entry.1);
            let (result, next) = replace(now)?;
            *entry = (key, next);
            Ok(result)
        })
    }

    /// Returns the entry of the key, or the entry that it would replace.
    fn with_entry<T>(&self, key: u64, then: impl FnOnce(&mut Entry) -> T) -> T {
        let spread = usize::try_from(key >> 6).unwrap_or(usize::MAX);
        let mut shard = self.shard(key);
        let start = spread % self.groups_per_shard * PLACES;
        let group = shard.get_mut(start..start + PLACES).unwrap_or_default();
        let own = group.iter().position(|entry| entry.0 == key);
        let place = own.or_else(|| (0..group.len()).min_by_key(|at| group.get(*at).map(|entry| entry.1)));
        // There is always an entry. The fallback is never stored.
        let mut stray = (0, 0);
        then(place.and_then(|at| group.get_mut(at)).unwrap_or(&mut stray))
    }

    fn shard(&self, key: u64) -> MutexGuard<'_, Vec<Entry>> {
        let index = usize::try_from(key % SHARDS as u64).unwrap_or(0);
        // The index is below SHARDS.
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().unwrap().capacity() * size_of::<Entry>()).sum()
    }
}

/// Hashes keys with a secret, so that attackers cannot choose keys that collide.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyedHash(RandomState);

impl KeyedHash {
    /// Returns the hash. It is never 0, which marks a free entry.
    pub(super) fn of(&self, key: &impl Hash) -> u64 {
        self.0.hash_one(key).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_again_changed_and_forgotten() {
        let table = Table::new(1000);
        assert_eq!(table.get(7), None);
        table.change(7, |number| number + 1);
        assert_eq!(table.get(7), None);
        table.set(7, 5);
        table.change(7, |number| number + 1);
        assert_eq!(table.get(7), Some(6));
        assert_eq!(table.replace(7, |number| Ok::<_, ()>((number, 9))), Ok(Some(6)));
        assert_eq!(table.replace(7, |_| Err::<((), u64), _>("no")), Err("no"));
        assert_eq!(table.get(7), Some(9));
        table.set(7, 0);
        assert_eq!(table.get(7), None);
    }

    #[test]
    fn ten_million_keys_take_no_more_room_and_the_largest_numbers_stay() {
        let (table, hash) = (Table::new(1 << 12), KeyedHash::default());
        let before = table.bytes();
        assert_eq!(before, (1 << 12) * 16);
        let large: Vec<u64> = (0..16).map(|name| hash.of(&("large", name))).collect();
        for key in &large {
            table.set(*key, 1_000_000);
        }
        for name in 0..10_000_000_u64 {
            table.set(hash.of(&name), 1 + name % 1000);
        }
        assert_eq!(table.bytes(), before);
        assert!(large.iter().all(|key| table.get(*key) == Some(1_000_000)));
    }
}
