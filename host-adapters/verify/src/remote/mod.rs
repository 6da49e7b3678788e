//! Keys from an issuer's address, kept up to date by a thread of their own.

mod address;
mod asked_key;
mod builder;
mod discovery;
mod document;
mod exchange;
mod fetch_error;
mod fetch_fault;
mod foreign_text;
mod freshness;
mod no_proxy;
mod plain_http;
mod proxy;
mod refetch;
mod request_headers;
mod server_certificates;
mod source;
mod status;
mod tls_connector;
mod tls_words;
mod unknown;
mod worker;

pub(crate) use asked_key::AskedKey;
pub use builder::RemoteKeySetBuilder;
pub use fetch_error::FetchError;
pub use fetch_fault::FetchFault;
pub use refetch::Refetch;
pub use status::KeySetStatus;

use crate::{KeySet, LiveKeys};
use event_listener::Listener;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use worker::{Plan, Worker};

/// The keys that an issuer publishes. Clones are handles to the same keys; when the last one is gone, fetching ends.
///
/// ```no_run
/// use glowband_verify::{HostVerifier, OwnedPolicy, RemoteKeySet};
/// use std::time::Duration;
///
/// let keys = RemoteKeySet::discover("https://id.example").start()?;
/// keys.wait_ready(Duration::from_secs(10))?;
/// let verifier = HostVerifier::remote(keys, OwnedPolicy::issuer("https://id.example").audience("orders-api"));
/// # Ok::<(), glowband_verify::FetchError>(())
/// ```
#[derive(Clone)]
pub struct RemoteKeySet {
    handle: Arc<Handle>,
}

/// Counts the handles, which the thread itself has none of.
struct Handle {
    worker: Arc<Worker>,
}

impl RemoteKeySet {
    /// The key set at this address: a JWK set, a JWK, or PEM.
    pub fn jwks(url: impl Into<String>) -> RemoteKeySetBuilder {
        RemoteKeySetBuilder::keys(url.into())
    }

    /// The keys of an OpenID provider, by its issuer name (OpenID Connect Discovery 1.0 §4).
    pub fn discover(issuer: impl Into<String>) -> RemoteKeySetBuilder {
        RemoteKeySetBuilder::issuer(issuer.into())
    }

    pub(crate) fn run(plan: Plan, initial: KeySet) -> Result<Self, FetchError> {
        Ok(Self { handle: Arc::new(Handle { worker: Worker::start(plan, initial)? }) })
    }

    /// Blocks until there are keys.
    ///
    /// # Errors
    /// Returns why the last fetch failed, or [`FetchFault::TimedOut`], if no keys arrive within `limit`. Fetching continues.
    pub fn wait_ready(&self, limit: Duration) -> Result<(), FetchError> {
        let deadline = Instant::now().checked_add(limit);
        loop {
            let listener = self.worker().listen();
            if self.is_ready() {
                return Ok(());
            }
            match deadline {
                None => listener.wait(),
                Some(deadline) if listener.wait_deadline(deadline).is_some() => {}
                Some(_) if self.is_ready() => return Ok(()),
                Some(_) => {
                    return Err(self.worker().last_error().unwrap_or_else(|| FetchFault::TimedOut(limit).into()));
                }
            }
        }
    }

    /// Ready when there are keys; put the runtime's own time-out around it.
    pub async fn ready(&self) {
        loop {
            let listener = self.worker().listen();
            if self.is_ready() {
                return;
            }
            listener.await;
        }
    }

    /// Ready when the next fetch has ended, well or not: call it, look at [`status`](Self::status), and await it then.
    pub fn fetched(&self) -> impl Future<Output = ()> + Send + use<> {
        self.worker().listen()
    }

    /// Returns the current keys. A manual replacement lasts until the next fetch.
    pub fn keys(&self) -> &LiveKeys {
        self.worker().keys()
    }

    /// How the set is doing, for metrics.
    pub fn status(&self) -> KeySetStatus {
        self.worker().status()
    }

    /// Asks for a fetch because a token names a key that is not there, or names none while there are no keys.
    ///
    /// Joins a fetch that is under way. `None` if it would be in vain: the issuer did not have the key a moment ago,
    /// its name is longer than 256 bytes, or tokens have caused as many fetches as they may.
    pub fn refetch(&self, kid: Option<&[u8]>) -> Option<Refetch> {
        self.worker().refetch(kid)
    }

    fn is_ready(&self) -> bool {
        !self.keys().snapshot().keys().is_empty()
    }

    fn worker(&self) -> &Arc<Worker> {
        &self.handle.worker
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.worker.stop();
    }
}

impl fmt::Debug for RemoteKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeySet").field("keys", self.keys()).field("status", &self.status()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Weak;
    use std::thread;

    #[test]
    fn handles_are_shared_and_waiting_is_for_any_thread() {
        fn shared<T: Send + Sync>() {}
        fn sent(_: impl Send) {}
        shared::<RemoteKeySet>();
        shared::<FetchError>();
        sent(|keys: RemoteKeySet| async move { keys.ready().await });
        sent(|verifier: crate::HostVerifier| async move { verifier.verify_fetching(b"").await });
    }

    #[test]
    fn an_address_that_is_not_allowed_is_refused_at_the_start() {
        let refused = |builder: RemoteKeySetBuilder| builder.start().err().map(|error| error.fault().clone());
        let plain = |host: &str| Some(FetchFault::PlainHttp { host: host.to_owned() });
        assert_eq!(refused(RemoteKeySet::jwks("http://id.example/k")), plain("id.example"));
        assert_eq!(refused(RemoteKeySet::jwks("http://localhost/k")), plain("localhost"));
        assert_eq!(refused(RemoteKeySet::discover("http://id.example")), plain("id.example"));
        let on_loopback = RemoteKeySet::jwks("http://id.example/k").danger_allow_plain_http_on_loopback();
        assert_eq!(refused(on_loopback), plain("id.example"));
        let another = RemoteKeySet::jwks("http://id.example/k").danger_allow_plain_http_to(["a.id.example"]);
        assert_eq!(refused(another), plain("id.example"));
        let malformed = refused(RemoteKeySet::jwks("ftp://id.example/k"));
        assert!(matches!(malformed, Some(FetchFault::AddressMalformed(_))));
        let roots = refused(RemoteKeySet::jwks("https://id.example/k").root_certificates("none"));
        assert!(matches!(roots, Some(FetchFault::RootCertificates(_))));
        let pattern = RemoteKeySet::jwks("https://id.example/k").danger_allow_plain_http_to(["*.svc"]);
        assert_eq!(refused(pattern), Some(FetchFault::PlainHttpHost("*.svc".to_owned())));
        let header = refused(RemoteKeySet::jwks("https://id.example/k").header("Host", "evil.example"));
        assert!(matches!(header, Some(FetchFault::Header { .. })));
        let missing = refused(RemoteKeySet::jwks("https://id.example/k").bearer_file("/nonexistent/token"));
        assert!(matches!(missing, Some(FetchFault::HeaderFile { .. })));
    }

    #[test]
    fn the_thread_ends_with_the_last_handle() {
        // No server listens at port 1; the thread sleeps between its attempts.
        let keys = RemoteKeySet::jwks("http://127.0.0.1:1/k").danger_allow_plain_http_on_loopback();
        let keys = keys.retry_within(Duration::from_secs(3600)..=Duration::from_secs(3600)).start().unwrap();
        assert!(keys.wait_ready(Duration::from_millis(200)).is_err());
        let worker: Weak<Worker> = Arc::downgrade(keys.worker());
        let other = keys.clone();
        drop(keys);
        assert!(other.status().last_error.is_some_and(|error| matches!(error.fault(), FetchFault::Connection(_))));
        let pending = other.refetch(Some(b"a")).unwrap();
        drop(other);
        pending.wait();
        let deadline = Instant::now() + Duration::from_secs(10);
        while worker.upgrade().is_some() {
            assert!(Instant::now() < deadline, "the thread is still there");
            thread::sleep(Duration::from_millis(5));
        }
    }
}
