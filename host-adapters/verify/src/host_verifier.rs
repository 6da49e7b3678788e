//! A verifier for servers: live keys, an owned policy, a clock, and a cache where one is wanted.

use crate::SystemClock;
use crate::host_batch::{prove_all, room_for};
use crate::limits::judge;
use crate::live_keys::{LiveKeys, Snapshot};
use crate::policy::OwnedPolicy;
#[cfg(feature = "remote")]
use crate::remote::{AskedKey, Refetch, RemoteKeySet};
use crate::token_cache::{CacheUsage, TokenCache};
use crate::verified_token::{Places, VerifiedToken};
use glowband_core::{Clock, Refusal, SignatureVerifier, UnixSeconds};
use std::fmt;

/// Verifies tokens for the life of a server; share it between threads, by reference or in an `Arc`.
///
/// ```
/// use glowband_core::UnixSeconds;
/// use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};
///
/// let keys = KeyReader::new().secret(b"an example secret of 32+ bytes..")?;
/// let verifier = HostVerifier::new(keys, OwnedPolicy::expect("https://id.example", "door-42"));
///
/// # const TOKEN: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../core/examples/door.jwt")).trim_ascii();
/// let token = verifier.verify_at(TOKEN, UnixSeconds(1_700_000_000))?;
/// assert_eq!(token.subject(), Some("alice"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct HostVerifier {
    keys: LiveKeys,
    policy: OwnedPolicy,
    clock: Box<dyn Clock + Send + Sync>,
    cache: Option<TokenCache>,
    #[cfg(feature = "remote")]
    remote: Option<RemoteKeySet>,
}

/// A fetch that was under way already may have begun before the key was published; then there is a second one.
#[cfg(feature = "remote")]
const FETCHES: usize = 2;

impl HostVerifier {
    /// A verifier by these keys and this policy, on the system's clock, without a cache.
    pub fn new(keys: impl Into<LiveKeys>, policy: OwnedPolicy) -> Self {
        Self {
            keys: keys.into(),
            policy,
            clock: Box::new(SystemClock),
            cache: None,
            #[cfg(feature = "remote")]
            remote: None,
        }
    }

    /// A verifier by the keys that an issuer publishes.
    ///
    /// [`verify`](Self::verify) uses those that are there; [`verify_fetching`](Self::verify_fetching) and
    /// [`verify_blocking`](Self::verify_blocking) also ask for those that are not.
    #[cfg(feature = "remote")]
    pub fn remote(keys: RemoteKeySet, policy: OwnedPolicy) -> Self {
        Self { remote: Some(keys.clone()), ..Self::new(keys.keys().clone(), policy) }
    }

    /// Takes the time from this clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Remembers verified tokens in up to this many bytes of memory, so that one that comes again costs a comparison.
    ///
    /// A hit needs every byte of the token to be equal and the keys to be the same ones; whether the token is still
    /// valid is judged on each. Whoever replaces the keys empties the cache by that.
    #[must_use]
    pub fn cache(mut self, bytes: usize) -> Self {
        self.cache = Some(TokenCache::new(bytes));
        self
    }

    /// Verifies a token at the present time. Never waits for anything.
    ///
    /// # Errors
    /// The first [`Refusal`] in the order form, header, key, signature, payload, claims, dates.
    pub fn verify(&self, token: &[u8]) -> Result<VerifiedToken, Refusal> {
        self.verify_at(token, self.clock.now())
    }

    /// Verifies a token at the present time; where it names a key that is not there and the keys come from elsewhere,
    /// waits until they were fetched once more.
    ///
    /// The wait is bounded by the time-out of a fetch, twice where one was under way already, and how often a token
    /// causes one is limited. No particular runtime is needed.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub async fn verify_fetching(&self, token: &[u8]) -> Result<VerifiedToken, Refusal> {
        let verdict = self.verify(token);
        #[cfg(feature = "remote")]
        if verdict.as_ref().err() == Some(&Refusal::KeyNotFound) {
            return self.fetch_and_verify(token).await;
        }
        verdict
    }

    /// As [`verify_fetching`](Self::verify_fetching), blocking this thread while it waits.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_blocking(&self, token: &[u8]) -> Result<VerifiedToken, Refusal> {
        let verdict = self.verify(token);
        #[cfg(feature = "remote")]
        if verdict.as_ref().err() == Some(&Refusal::KeyNotFound) {
            return self.block_and_verify(token);
        }
        verdict
    }

    /// Verifies a token as of `now`; `None` if the time is not known.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_at(&self, token: &[u8], now: impl Into<Option<UnixSeconds>>) -> Result<VerifiedToken, Refusal> {
        self.verify_by(&self.keys.snapshot(), token, now.into())
    }

    /// Verifies tokens at one moment and by one snapshot of the keys; the verdicts come in the tokens' order.
    ///
    /// For gateways and queues that have many tokens in hand at once: signatures are checked together where the
    /// processor can do that. The verdicts are those of [`verify`](Self::verify) on each.
    pub fn verify_batch<T: AsRef<[u8]>>(&self, tokens: &[T]) -> Vec<Result<VerifiedToken, Refusal>> {
        self.verify_batch_at(tokens, self.clock.now())
    }

    /// As [`verify_batch`](Self::verify_batch), as of `now`.
    pub fn verify_batch_at<T: AsRef<[u8]>>(
        &self,
        tokens: &[T],
        now: impl Into<Option<UnixSeconds>>,
    ) -> Vec<Result<VerifiedToken, Refusal>> {
        let (keys, now) = (self.keys.snapshot(), now.into());
        let tokens: Vec<_> = tokens.iter().map(AsRef::as_ref).collect();
        let Some(cache) = &self.cache else {
            return prove_all(keys.keys(), &self.policy, &tokens, now);
        };
        let mut verdicts: Vec<_> = tokens.iter().map(|token| cache.find(token, keys.generation(), now)).collect();
        let unknown = tokens.iter().zip(&verdicts).filter(|(_, known)| known.is_none());
        let unknown: Vec<_> = unknown.map(|(token, _)| *token).collect();
        let mut proven = unknown.iter().zip(prove_all(keys.keys(), &self.policy, &unknown, now));
        let settle = |known: Option<VerifiedToken>| {
            if let Some(known) = known {
                return Ok(known);
            }
            // There is a verdict for each token that was not found.
            let (token, verdict) = proven.next().ok_or(Refusal::BadSignature)?;
            let verified = verdict?;
            cache.remember(token, keys.generation(), &verified);
            Ok(verified)
        };
        verdicts.drain(..).map(settle).collect()
    }

    /// The keys, to replace them or to look at them.
    pub fn keys(&self) -> &LiveKeys {
        &self.keys
    }

    /// Whether the keys come from an issuer whose latest fetch failed: a key that is missing may well exist then.
    pub fn misses_its_issuer(&self) -> bool {
        #[cfg(feature = "remote")]
        if let Some(remote) = &self.remote {
            return remote.status().last_error.is_some();
        }
        false
    }

    /// How the cache is used; `None` without one.
    pub fn cache_usage(&self) -> Option<CacheUsage> {
        self.cache.as_ref().map(TokenCache::usage)
    }

    #[cfg(feature = "remote")]
    async fn fetch_and_verify(&self, token: &[u8]) -> Result<VerifiedToken, Refusal> {
        for _ in 0..FETCHES {
            let Some(fetch) = self.refetch(token) else { break };
            let joined = fetch.is_joined();
            fetch.ended().await;
            match self.verify(token) {
                Err(Refusal::KeyNotFound) if joined => {}
                verdict => return verdict,
            }
        }
        Err(Refusal::KeyNotFound)
    }

    #[cfg(feature = "remote")]
    fn block_and_verify(&self, token: &[u8]) -> Result<VerifiedToken, Refusal> {
        for _ in 0..FETCHES {
            let Some(fetch) = self.refetch(token) else { break };
            let joined = fetch.is_joined();
            fetch.wait();
            match self.verify(token) {
                Err(Refusal::KeyNotFound) if joined => {}
                verdict => return verdict,
            }
        }
        Err(Refusal::KeyNotFound)
    }

    #[cfg(feature = "remote")]
    fn refetch(&self, token: &[u8]) -> Option<Refetch> {
        let remote = self.remote.as_ref()?;
        remote.refetch(AskedKey::of(token, self.policy.token_limits())?.kid())
    }

    fn verify_by(&self, keys: &Snapshot, token: &[u8], now: Option<UnixSeconds>) -> Result<VerifiedToken, Refusal> {
        let Some(cache) = &self.cache else {
            return self.prove(keys, token, now);
        };
        if let Some(known) = cache.find(token, keys.generation(), now) {
            return Ok(known);
        }
        let verified = self.prove(keys, token, now)?;
        cache.remember(token, keys.generation(), &verified);
        Ok(verified)
    }

    fn prove(&self, keys: &Snapshot, token: &[u8], now: Option<UnixSeconds>) -> Result<VerifiedToken, Refusal> {
        let mut room = room_for(token, &self.policy);
        let start = room.as_ptr().addr();
        let signatures = SignatureVerifier::new(keys.keys()).limits(*self.policy.token_limits());
        let proven = signatures.verify(token, &mut room)?;
        let places = self.policy.with(|policy| Ok(Places::of(&judge(proven, policy, now)?, start)))?;
        Ok(VerifiedToken::new(room, places))
    }
}

impl fmt::Debug for HostVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostVerifier")
            .field("keys", &self.keys)
            .field("policy", &self.policy)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}
