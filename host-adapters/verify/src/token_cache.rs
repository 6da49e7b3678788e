//! A cache of verified tokens: limited in bytes, compared byte by byte, checked against the clock on every hit.

use crate::verified_token::VerifiedToken;
use ahash::RandomState;
use aws_lc_rs::rand;
use glowband_core::UnixSeconds;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Belongs to one verifier. Every entry contains its issuer, and so its policy, and the generation of the keys.
pub(crate) struct TokenCache {
    entries: Cache<Box<[u8]>, Entry, Footprint, RandomState>,
    /// For each issuer, the generation of the keys that verified its entries.
    generations: Box<[AtomicU64]>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// The usage of a cache of verified tokens: counts since its creation, and its present content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheUsage {
    /// Lookups that found a token.
    pub hits: u64,
    /// Lookups that found no token.
    pub misses: u64,
    /// Cached tokens.
    pub tokens: usize,
    /// Used bytes, including those of the map.
    pub bytes: u64,
    /// The limit of bytes.
    pub capacity: u64,
}

#[derive(Clone)]
struct Entry {
    issuer: usize,
    generation: u64,
    token: VerifiedToken,
}

/// The weight of an entry: its bytes.
#[derive(Clone)]
struct Footprint;

/// About how many bytes the map needs for each entry.
const OVERHEAD: usize = 64;
/// The size of a usual access token with its claims, to size the map.
const USUAL: usize = 1024;

impl TokenCache {
    /// Creates a cache for the tokens of this many issuers.
    pub(crate) fn new(bytes: usize, issuers: usize) -> Self {
        let weight = u64::try_from(bytes).unwrap_or(u64::MAX);
        let entries = Cache::with(bytes / USUAL, weight, Footprint, keyed(), DefaultLifecycle::default());
        let generations = (0..issuers).map(|_| AtomicU64::new(0)).collect();
        Self { entries, generations, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// Returns the token if the current keys of its issuer verified it and it is valid now. `generation` returns the
    /// generation of an issuer's keys.
    ///
    /// Everything else goes to the verifier, which returns the right refusal.
    pub(crate) fn find(
        &self,
        token: &[u8],
        now: Option<UnixSeconds>,
        generation: impl FnOnce(usize) -> Option<u64>,
    ) -> Option<VerifiedToken> {
        let found = self.entries.get(token).and_then(|entry| {
            let Entry { issuer, generation: verified_by, token: known } = entry;
            let now = now?;
            let valid = known.acceptable_from() <= now && known.acceptable_until().is_none_or(|until| now <= until);
            (valid && generation(issuer) == Some(verified_by)).then_some(known)
        });
        let count = if found.is_some() { &self.hits } else { &self.misses };
        count.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Stores a token that these keys of this issuer verified.
    pub(crate) fn remember(&self, token: &[u8], issuer: usize, generation: u64, verified: &VerifiedToken) {
        let Some(latest) = self.generations.get(issuer) else {
            return;
        };
        match latest.fetch_max(generation, Ordering::Relaxed) {
            // Removes the tokens that replaced keys verified; those of other issuers stay.
            before if before < generation && self.generations.len() == 1 => self.entries.clear(),
            before if before < generation => self.entries.retain(|_, entry| entry.issuer != issuer),
            // The snapshot of the caller is older than the current keys.
            before if before > generation => return,
            _ => {}
        }
        self.entries.insert(token.into(), Entry { issuer, generation, token: verified.clone() });
    }

    /// Returns the usage of the cache.
    pub(crate) fn usage(&self) -> CacheUsage {
        CacheUsage {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            tokens: self.entries.len(),
            bytes: self.entries.weight(),
            capacity: self.entries.capacity(),
        }
    }
}

impl Weighter<Box<[u8]>, Entry> for Footprint {
    fn weight(&self, token: &Box<[u8]>, entry: &Entry) -> u64 {
        u64::try_from(token.len() + entry.token.footprint() + OVERHEAD).unwrap_or(u64::MAX)
    }
}

/// A keyed hash, so that an attacker cannot choose tokens that collide.
pub(crate) fn keyed() -> RandomState {
    let mut seeds = [[0; 8]; 4];
    // Without random numbers the hash is not keyed, and an attacker can only slow down the cache.
    let _ = rand::fill(seeds.as_flattened_mut());
    let [a, b, c, d] = seeds.map(u64::from_ne_bytes);
    RandomState::with_seeds(a, b, c, d)
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.usage().fmt(f)
    }
}

#[cfg(test)]
mod tests;
