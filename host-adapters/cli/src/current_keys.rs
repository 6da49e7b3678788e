//! The keys that verify the tokens of a command. Keys from a file are read once; keys from an address are fetched again
//! when they are due and when a token names an unknown key.

use super::expectations::Terms;
use super::verdict::{self, Bad, Good};
use glowband_core::{Algorithm, Header, KeyEntry, KeySource, Refusal};
use glowband_verify::{HOST_LIMITS, KeySet, RemoteKeySet};

/// Keys, and the only algorithm that they are used for, if one is given.
pub(super) struct CurrentKeys {
    origin: Origin,
    only: Option<Algorithm>,
}

enum Origin {
    Read(KeySet),
    Address(RemoteKeySet),
}

impl CurrentKeys {
    /// Returns keys that never change.
    pub(super) fn read(keys: KeySet) -> Self {
        Self { origin: Origin::Read(keys), only: None }
    }

    /// Returns the keys of an address, restricted to `only` if it is given. They are fetched again until dropped.
    pub(super) fn at_address(remote: RemoteKeySet, only: Option<Algorithm>) -> Self {
        Self { origin: Origin::Address(remote), only }
    }

    /// Verifies a token. If the token names an unknown key, the keys are fetched again first, at most once in ten seconds
    /// (up to three times at once after a quiet time), and at most once a minute for the same key.
    pub(super) fn check<'r>(&self, terms: &Terms, token: &'r [u8], scratch: &'r mut Vec<u8>) -> Result<Good<'r>, Bad> {
        let remote = match &self.origin {
            Origin::Read(keys) => return verdict::check(keys, keys.skipped(), terms, token, scratch),
            Origin::Address(remote) => remote,
        };
        fetch_key_of(token, remote);
        let snapshot = remote.keys().snapshot();
        let keys = snapshot.keys();
        let verdict = match self.only {
            None => verdict::check(keys, keys.skipped(), terms, token, scratch),
            Some(only) => verdict::check(&Selected { keys, only }, keys.skipped(), terms, token, scratch),
        };
        verdict.map_err(|bad| with_failure(bad, remote))
    }
}

/// Fetches the keys again if the token names an unknown key, and waits for the result.
fn fetch_key_of(token: &[u8], remote: &RemoteKeySet) {
    let Some(json) = verdict::segment(token, 0) else { return };
    let Ok(header) = Header::read(&json, &HOST_LIMITS) else { return };
    // HMAC secrets are never published at an address.
    if matches!(header.algorithm(), Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512) {
        return;
    }
    let Some(kid) = header.key_id().map(|kid| kid.to_string()) else { return };
    if remote.keys().snapshot().keys().iter().any(|(own, _)| own == Some(kid.as_bytes())) {
        return;
    }
    if let Some(refetch) = remote.refetch(Some(kid.as_bytes())) {
        let joined = refetch.is_joined();
        refetch.wait();
        // A fetch that was already running may have started before the key was published.
        if joined && let Some(refetch) = remote.refetch(Some(kid.as_bytes())) {
            refetch.wait();
        }
    }
}

/// Adds the error of the last fetch to a refusal for a missing key.
fn with_failure(mut bad: Bad, remote: &RemoteKeySet) -> Bad {
    if bad.refusal == Refusal::KeyNotFound
        && let Some(error) = remote.status().last_error
    {
        let before = bad.detail.map(|detail| format!("{detail} ")).unwrap_or_default();
        bad.detail = Some(format!("{before}The last attempt to fetch the keys failed: {error}."));
    }
    bad
}

/// The keys for one algorithm.
struct Selected<'k> {
    keys: &'k KeySet,
    only: Algorithm,
}

impl KeySource for Selected<'_> {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        let entries = (0..).map_while(|index| self.keys.entry(index));
        entries.filter(|entry| entry.key.algorithm() == self.only).nth(index)
    }
}
