//! The settings of a remote key set.

use crate::remote::address::{Address, PlainHttp};
use crate::remote::discovery::Issuer;
use crate::remote::exchange::{Limits, ProxyChoice, Roots};
use crate::remote::freshness::Freshness;
use crate::remote::source::Source;
use crate::remote::worker::Plan;
use crate::remote::{FetchError, RemoteKeySet};
use crate::{KeyReader, KeySet, MAX_KEY_FILE};
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Settings of a [`RemoteKeySet`]; what is not set has a safe default.
///
/// `Debug` shows no address: before it is judged, anything may be in it.
#[derive(Clone)]
#[must_use = "start() begins to fetch"]
pub struct RemoteKeySetBuilder {
    from: From,
    template: Option<String>,
    plain: PlainHttp,
    root_certificates: Option<Vec<u8>>,
    proxy: ProxyChoice,
    timeout: Duration,
    bytes: usize,
    freshness: Freshness,
    drop_after: Option<Duration>,
    refetch_interval: Duration,
    reader: KeyReader,
}

/// The address as it was given; it is judged at the start, when all settings are known.
#[derive(Clone)]
enum From {
    Keys(String),
    Issuer(String),
}

impl RemoteKeySetBuilder {
    pub(crate) fn keys(url: String) -> Self {
        Self::new(From::Keys(url))
    }

    pub(crate) fn issuer(name: String) -> Self {
        Self::new(From::Issuer(name))
    }

    fn new(from: From) -> Self {
        Self {
            from,
            template: None,
            plain: PlainHttp::Never,
            root_certificates: None,
            proxy: ProxyChoice::Never,
            timeout: Duration::from_secs(5),
            bytes: MAX_KEY_FILE,
            freshness: Freshness::default(),
            drop_after: None,
            refetch_interval: Duration::from_secs(10),
            reader: KeyReader::new(),
        }
    }

    /// Allows plain http to `localhost`, 127.0.0.0/8 and `::1`, for tests and for a proxy on the same machine. Whoever
    /// can listen there can hand out keys.
    pub fn danger_allow_plain_http_on_loopback(mut self) -> Self {
        self.plain = PlainHttp::Loopback;
        self
    }

    /// Trusts these certificate authorities, in PEM, instead of those of the operating system.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates = Some(pem.into());
        self
    }

    /// Goes through the proxy that the environment names (`HTTPS_PROXY`, `ALL_PROXY`, with the exceptions of
    /// `NO_PROXY`). Without this setting the environment has no say.
    pub fn proxy_from_environment(mut self) -> Self {
        self.proxy = ProxyChoice::Environment;
        self
    }

    /// Also accepts a configuration that calls its issuer by this name, in which `{tenantid}` stands for a tenant: the one of
    /// Microsoft Entra's `common` and `organizations`. List the tenants in the policy:
    /// [`OwnedPolicy::tenants`](crate::OwnedPolicy::tenants).
    pub fn issuer_template(mut self, template: impl Into<String>) -> Self {
        self.template = Some(template.into());
        self
    }

    /// How long a whole fetch may take, redirects and an issuer's configuration included. Default 5 s; from 1 ms to
    /// 10 min.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.max(Duration::from_millis(1)).min(Duration::from_secs(600));
        self
    }

    /// How many bytes a document may have. Default, and most: [`MAX_KEY_FILE`].
    pub fn size_limit(mut self, bytes: usize) -> Self {
        self.bytes = bytes.min(MAX_KEY_FILE);
        self
    }

    /// Fetches this often, whatever the server's `Cache-Control` says.
    pub fn refresh_every(mut self, interval: Duration) -> Self {
        self.freshness.fixed = Some(interval);
        self
    }

    /// Bounds what the server's `Cache-Control` may say. Default 1 min to 24 h; where it says nothing, 15 min count.
    pub fn refresh_within(mut self, bounds: RangeInclusive<Duration>) -> Self {
        self.freshness.fixed = None;
        self.freshness.within = bounds;
        self
    }

    /// The first and the longest pause after failures; each is twice as long as the one before. Default 1 s to 60 s.
    pub fn retry_within(mut self, bounds: RangeInclusive<Duration>) -> Self {
        self.freshness.retry = bounds;
        self
    }

    /// How often tokens that name an unknown key may cause a fetch: once in this time, three times at once after a
    /// quiet while. Default 10 s.
    pub fn refetch_interval(mut self, interval: Duration) -> Self {
        self.refetch_interval = interval.min(Duration::from_secs(24 * 60 * 60));
        self
    }

    /// Takes keys out of force that the issuer has not confirmed for this long; every token is then refused. By
    /// default the last keys stay, however long the issuer is down.
    pub fn drop_after(mut self, age: Duration) -> Self {
        self.drop_after = Some(age);
        self
    }

    /// Reads keys by this reader. Secrets (`oct`) of a remote set are passed over all the same.
    pub fn key_reader(mut self, reader: KeyReader) -> Self {
        self.reader = reader;
        self
    }

    /// Starts the thread that fetches, and returns at once; until keys are there, every token is refused.
    ///
    /// # Errors
    /// [`FetchError::AddressMalformed`], [`FetchError::PlainHttp`], [`FetchError::RootCertificates`] and
    /// [`FetchError::Thread`]. A fetch that fails is no error here; it is tried again.
    pub fn start(self) -> Result<RemoteKeySet, FetchError> {
        self.start_with(KeySet::new())
    }

    /// As [`start`](Self::start), with keys that are in force until the first fetch: those of the last run, for one.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(self, initial: KeySet) -> Result<RemoteKeySet, FetchError> {
        let source = match &self.from {
            From::Keys(url) => Source::Keys(Address::parse(url, self.plain)?),
            From::Issuer(name) => Source::Issuer(Issuer::new(name, self.plain)?.or_named(self.template)),
        };
        let roots = match &self.root_certificates {
            Some(pem) => Roots::from_pem(pem)?,
            None => Roots::OperatingSystem,
        };
        let limits = Limits { timeout: self.timeout, bytes: self.bytes, roots, proxy: self.proxy };
        let plan = Plan {
            source,
            limits,
            freshness: self.freshness,
            drop_after: self.drop_after,
            refetch_interval: self.refetch_interval,
            reader: self.reader,
        };
        RemoteKeySet::run(plan, initial)
    }
}

impl fmt::Debug for RemoteKeySetBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeySetBuilder")
            .field("plain_http", &self.plain)
            .field("own_roots", &self.root_certificates.is_some())
            .field("proxy", &self.proxy)
            .field("timeout", &self.timeout)
            .field("size_limit", &self.bytes)
            .field("freshness", &self.freshness)
            .field("drop_after", &self.drop_after)
            .field("refetch_interval", &self.refetch_interval)
            .finish_non_exhaustive()
    }
}
