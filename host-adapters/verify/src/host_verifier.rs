//! A verifier for servers: keys and policies of one or several issuers, a clock, and an optional cache.

use crate::SystemClock;
use crate::host_batch::verify_all;
use crate::issuers::{Issuers, IssuersError};
use crate::live_keys::LiveKeys;
#[cfg(feature = "remote")]
use crate::padding;
use crate::policy::OwnedPolicy;
#[cfg(feature = "remote")]
use crate::remote::{AskedKey, Refetch, RemoteKeySet};
use crate::token_cache::{CacheUsage, TokenCache};
use crate::trusted_issuer::TrustedIssuer;
use crate::verified_token::VerifiedToken;
use glowband_core::{Clock, Refusal, UnixSeconds};
use std::fmt;

/// Verifies tokens for the lifetime of a server. Threads share it by reference or in an `Arc`.
///
/// ```
/// use glowband_core::UnixSeconds;
/// use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy};
///
/// let keys = KeyReader::new().secret(b"an example secret of 32+ bytes..")?;
/// let verifier = HostVerifier::new(keys, OwnedPolicy::issuer("https://id.example").audience("door-42"));
///
/// # const TOKEN: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/door.jwt")).trim_ascii();
/// let token = verifier.verify_at(TOKEN, UnixSeconds(1_700_000_000))?;
/// assert_eq!(token.subject(), Some("alice"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct HostVerifier {
    issuers: Issuers,
    clock: Box<dyn Clock + Send + Sync>,
    cache: Option<TokenCache>,
}

/// A fetch that was already running can have begun before the key was published. Then a second fetch follows.
#[cfg(feature = "remote")]
const FETCHES: usize = 2;

impl HostVerifier {
    /// Creates a verifier with these keys, this policy and the system's clock, without a cache.
    pub fn new(keys: impl Into<LiveKeys>, policy: OwnedPolicy) -> Self {
        Self::of(Issuers::one(TrustedIssuer::new(keys, policy)))
    }

    /// Creates a verifier with the keys that an issuer publishes.
    ///
    /// [`verify`](Self::verify) uses the keys that were fetched. [`verify_fetching`](Self::verify_fetching) and
    /// [`verify_blocking`](Self::verify_blocking) also fetch missing ones.
    #[cfg(feature = "remote")]
    pub fn remote(keys: RemoteKeySet, policy: OwnedPolicy) -> Self {
        Self::of(Issuers::one(TrustedIssuer::remote(keys, policy)))
    }

    /// Creates a verifier for the tokens of several issuers, each with its own keys and its own policy.
    ///
    /// The `iss` that a token claims chooses which keys verify it and which policy applies; the policy then
    /// requires that `iss` of the verified token. A token of another issuer is refused with [`Refusal::IssuerMismatch`],
    /// one without `iss` with [`Refusal::IssuerMissing`]. Neither causes a fetch.
    ///
    /// ```
    /// use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy, TrustedIssuer};
    ///
    /// let staff = KeyReader::new().secret(b"an example secret of 32+ bytes..")?;
    /// let partners = KeyReader::new().secret(b"another example secret, 32+ bytes")?;
    /// let verifier = HostVerifier::for_issuers([
    ///     TrustedIssuer::new(staff, OwnedPolicy::issuer("https://id.example").audience("orders-api")),
    ///     TrustedIssuer::new(partners, OwnedPolicy::issuer("https://partners.example").audience("api://orders")),
    /// ])?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`IssuersError`] for an empty list, a policy that accepts any issuer, and two policies that expect the same one.
    pub fn for_issuers(issuers: impl IntoIterator<Item = TrustedIssuer>) -> Result<Self, IssuersError> {
        Issuers::several(issuers).map(Self::of)
    }

    /// Creates a verifier for the tokens of one issuer.
    pub fn of_issuer(issuer: TrustedIssuer) -> Self {
        Self::of(Issuers::one(issuer))
    }

    fn of(issuers: Issuers) -> Self {
        Self { issuers, clock: Box::new(SystemClock), cache: None }
    }

    /// Uses this clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Caches verified tokens in up to this many bytes of memory, so that a repeated token costs only a comparison.
    ///
    /// A hit needs the same token, byte by byte, and the same keys. Expiry and `nbf` are checked on each hit. Replacing the
    /// keys of an issuer removes its tokens from the cache.
    #[must_use]
    pub fn cache(mut self, bytes: usize) -> Self {
        self.cache = Some(TokenCache::new(bytes, self.issuers.len()));
        self
    }

    /// Verifies a token at the current time. Never waits.
    ///
    /// # Errors
    /// The first [`Refusal`] in the order form, header, key, signature, payload, claims, dates.
    pub fn verify(&self, token: &[u8]) -> Result<VerifiedToken, Refusal> {
        self.verify_at(token, self.clock.now())
    }

    /// Verifies a token at the current time. If the token names a missing key and the keys of its issuer are fetched from an
    /// address, fetches them again and waits for that.
    ///
    /// The wait takes at most the timeout of a fetch, or twice that if a fetch was already running. The rate of these
    /// fetches is limited. Works with any async runtime.
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

    /// As [`verify_fetching`](Self::verify_fetching), but blocks this thread.
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

    /// Verifies a token at the time `now`; `None` if the time is unknown.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_at(&self, token: &[u8], now: impl Into<Option<UnixSeconds>>) -> Result<VerifiedToken, Refusal> {
        match self.issuers.only() {
            Some(issuer) => self.verify_by(issuer, token, now.into()),
            None => self.verify_by_claimed_issuer(token, now.into()),
        }
    }

    /// Verifies tokens at one time with one snapshot of each issuer's keys, and returns the verdicts in their order.
    ///
    /// For gateways and queues with many tokens at once: signatures are verified together if the processor supports it. The
    /// verdicts are those of [`verify`](Self::verify).
    pub fn verify_batch<T: AsRef<[u8]>>(&self, tokens: &[T]) -> Vec<Result<VerifiedToken, Refusal>> {
        self.verify_batch_at(tokens, self.clock.now())
    }

    /// As [`verify_batch`](Self::verify_batch), at the time `now`.
    pub fn verify_batch_at<T: AsRef<[u8]>>(
        &self,
        tokens: &[T],
        now: impl Into<Option<UnixSeconds>>,
    ) -> Vec<Result<VerifiedToken, Refusal>> {
        let now = now.into();
        let tokens: Vec<_> = tokens.iter().map(AsRef::as_ref).collect();
        let mut verdicts: Vec<Option<Result<VerifiedToken, Refusal>>> = vec![None; tokens.len()];
        // The tokens of each issuer.
        let mut by_issuer: Vec<Vec<usize>> = vec![Vec::new(); self.issuers.len()];
        for ((place, token), verdict) in tokens.iter().enumerate().zip(&mut verdicts) {
            match self.issuers.of(token) {
                Ok((index, _)) => by_issuer.get_mut(index).into_iter().for_each(|places| places.push(place)),
                Err(refusal) => *verdict = Some(Err(refusal)),
            }
        }
        for (index, (issuer, places)) in self.issuers.iter().zip(by_issuer).enumerate() {
            let keys = issuer.keys().snapshot();
            let known = |token: &[u8]| self.cache.as_ref()?.find(token, now, |_| Some(keys.generation()));
            let mut unknown = Vec::new();
            for place in places {
                let (Some(token), Some(verdict)) = (tokens.get(place), verdicts.get_mut(place)) else { continue };
                if let Some(known) = known(token) {
                    *verdict = Some(Ok(known));
                } else if issuer.policy().is_padded(token) {
                    *verdict = Some(issuer.verify(&keys, token, now));
                } else {
                    unknown.push((place, *token));
                }
            }
            let together: Vec<_> = unknown.iter().map(|(_, token)| *token).collect();
            let checked = verify_all(keys.keys(), issuer.policy(), &together, now);
            for ((place, token), checked) in unknown.into_iter().zip(checked) {
                if let (Some(cache), Ok(verified)) = (&self.cache, &checked) {
                    cache.remember(token, index, keys.generation(), verified);
                }
                if let Some(verdict) = verdicts.get_mut(place) {
                    *verdict = Some(checked);
                }
            }
        }
        // Each token was given to one issuer or refused.
        verdicts.into_iter().map(|verdict| verdict.unwrap_or(Err(Refusal::BadSignature))).collect()
    }

    /// Returns the keys of the first issuer, which can be replaced. [`issuers`](Self::issuers) returns all issuers.
    pub fn keys(&self) -> &LiveKeys {
        self.issuers.first().keys()
    }

    /// Returns the issuers, in their original order.
    pub fn issuers(&self) -> impl Iterator<Item = &TrustedIssuer> {
        self.issuers.iter()
    }

    /// Returns true if the latest fetch of the keys of an issuer failed. A missing key may then exist at the issuer. For a
    /// single token see [`may_miss_keys_for`](Self::may_miss_keys_for).
    pub fn misses_its_issuer(&self) -> bool {
        self.issuers.iter().any(TrustedIssuer::is_unreachable)
    }

    /// Returns true if a token that was refused with [`Refusal::KeyNotFound`] may be valid: its issuer has no keys yet, or
    /// the latest fetch of them failed.
    pub fn may_miss_keys_for(&self, token: &[u8]) -> bool {
        self.issuers.of(token).is_ok_and(|(_, issuer)| !issuer.has_keys() || issuer.is_unreachable())
    }

    /// Returns the usage of the cache; `None` without a cache.
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
        let (_, issuer) = self.issuers.of(token).ok()?;
        let remote = issuer.remote_keys()?;
        let plain = issuer.policy().is_padded(token).then(|| padding::without_padding(token)).flatten();
        let asked = AskedKey::of(plain.as_deref().unwrap_or(token), issuer.policy().token_limits())?;
        // A token of another issuer is refused with any keys.
        if Issuers::may_be_of(issuer, token) { remote.refetch(asked.kid()) } else { None }
    }

    fn verify_by(
        &self,
        issuer: &TrustedIssuer,
        token: &[u8],
        now: Option<UnixSeconds>,
    ) -> Result<VerifiedToken, Refusal> {
        let keys = issuer.keys().snapshot();
        let Some(cache) = &self.cache else {
            return issuer.verify(&keys, token, now);
        };
        if let Some(known) = cache.find(token, now, |_| Some(keys.generation())) {
            return Ok(known);
        }
        let verified = issuer.verify(&keys, token, now)?;
        cache.remember(token, 0, keys.generation(), &verified);
        Ok(verified)
    }

    fn verify_by_claimed_issuer(&self, token: &[u8], now: Option<UnixSeconds>) -> Result<VerifiedToken, Refusal> {
        let generation = |index: usize| Some(self.issuers.get(index)?.keys().snapshot().generation());
        // The claims of a cached token need not be read.
        if let Some(known) = self.cache.as_ref().and_then(|cache| cache.find(token, now, generation)) {
            return Ok(known);
        }
        let (index, issuer) = self.issuers.of(token)?;
        let keys = issuer.keys().snapshot();
        let verified = issuer.verify(&keys, token, now)?;
        if let Some(cache) = &self.cache {
            cache.remember(token, index, keys.generation(), &verified);
        }
        Ok(verified)
    }
}

impl fmt::Debug for HostVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostVerifier")
            .field("issuers", &self.issuers)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
