//! Tokens that were verified before: bounded in bytes, found only by every byte, checked against the clock on every hit.

use crate::verified_token::VerifiedToken;
use ahash::RandomState;
use aws_lc_rs::rand;
use glowband_core::UnixSeconds;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Belongs to one verifier; an issuer, and so its policy, and the generation of its keys are part of every entry.
pub(crate) struct TokenCache {
    entries: Cache<Box<[u8]>, Entry, Footprint, RandomState>,
    /// For each issuer, the generation of the keys that its entries were verified by.
    generations: Box<[AtomicU64]>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// How a cache of verified tokens is used: counts since it was made, and what it holds now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheUsage {
    /// Tokens that were found.
    pub hits: u64,
    /// Tokens that were not, and had to be verified or refused.
    pub misses: u64,
    /// Tokens held.
    pub tokens: usize,
    /// Bytes held, the map's own included.
    pub bytes: u64,
    /// Bytes that may be held.
    pub capacity: u64,
}

#[derive(Clone)]
struct Entry {
    issuer: usize,
    generation: u64,
    token: VerifiedToken,
}

/// What an entry weighs: the bytes it keeps, itself included.
#[derive(Clone)]
struct Footprint;

/// What the map itself keeps for each entry, about.
const OVERHEAD: usize = 64;
/// A usual access token with its claims, to size the map.
const USUAL: usize = 1024;

impl TokenCache {
    /// A cache for the tokens of this many issuers.
    pub(crate) fn new(bytes: usize, issuers: usize) -> Self {
        let weight = u64::try_from(bytes).unwrap_or(u64::MAX);
        let entries = Cache::with(bytes / USUAL, weight, Footprint, keyed(), DefaultLifecycle::default());
        let generations = (0..issuers).map(|_| AtomicU64::new(0)).collect();
        Self { entries, generations, hits: AtomicU64::new(0), misses: AtomicU64::new(0) }
    }

    /// The token, if it was verified by the keys that its issuer has now, and the time is one at which it is valid;
    /// `generation` says the one of an issuer's keys.
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

    /// Keeps a token that these keys of this issuer verified.
    pub(crate) fn remember(&self, token: &[u8], issuer: usize, generation: u64, verified: &VerifiedToken) {
        let Some(latest) = self.generations.get(issuer) else {
            return;
        };
        match latest.fetch_max(generation, Ordering::Relaxed) {
            // Tokens that replaced keys verified are not kept; those of other issuers are.
            before if before < generation && self.generations.len() == 1 => self.entries.clear(),
            before if before < generation => self.entries.retain(|_, entry| entry.issuer != issuer),
            // The caller's snapshot is older than the keys in force.
            before if before > generation => return,
            _ => {}
        }
        self.entries.insert(token.into(), Entry { issuer, generation, token: verified.clone() });
    }

    /// How the cache has done so far.
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

/// A hash that nobody outside can predict, so that nobody can choose tokens that collide.
pub(crate) fn keyed() -> RandomState {
    let mut seeds = [[0; 8]; 4];
    // Without randomness the hash is a fixed one, and the cache merely easier to slow down.
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
