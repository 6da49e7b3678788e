//! The settings of a remote key set.

use crate::remote::address::Address;
use crate::remote::discovery::Issuer;
use crate::remote::exchange::Limits;
use crate::remote::freshness::Freshness;
use crate::remote::plain_http::PlainHttp;
use crate::remote::proxy::ProxyChoice;
use crate::remote::request_headers::RequestHeaders;
use crate::remote::server_certificates::Roots;
use crate::remote::source::Source;
use crate::remote::worker::Plan;
use crate::remote::{FetchError, RemoteKeySet};
use crate::{KeyReader, KeySet, MAX_KEY_FILE};
use std::fmt;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of a [`RemoteKeySet`]; what is not set has a safe default.
///
/// `Debug` shows no address, because an address that is not validated can contain anything.
#[derive(Clone)]
#[must_use = "start() begins to fetch, fetch() fetches once"]
pub struct RemoteKeySetBuilder {
    from: From,
    template: Option<String>,
    plain: PlainHttp,
    root_certificates: Option<Vec<u8>>,
    proxy_from_environment: bool,
    headers: RequestHeaders,
    timeout: Duration,
    bytes: usize,
    freshness: Freshness,
    drop_after: Option<Duration>,
    refetch_interval: Duration,
    reader: KeyReader,
}

/// The address as it was configured. It is validated at the start, when all settings are known.
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
            plain: PlainHttp::default(),
            root_certificates: None,
            proxy_from_environment: false,
            headers: RequestHeaders::default(),
            timeout: Duration::from_secs(5),
            bytes: MAX_KEY_FILE,
            freshness: Freshness::default(),
            drop_after: None,
            refetch_interval: Duration::from_secs(10),
            reader: KeyReader::new(),
        }
    }

    /// Allows plain http to `localhost`, 127.0.0.0/8 and `::1`, for tests and for a proxy on the same machine. Any
    /// process that can listen there can hand out keys.
    pub fn danger_allow_plain_http_on_loopback(mut self) -> Self {
        self.plain.allow_loopback();
        self
    }

    /// Allows plain http to these hosts, at every port: names or addresses as in the URL, each exactly.
    ///
    /// For an issuer inside a cluster. Anyone on the way to such a host can hand out keys, and reads the headers of the
    /// fetch. What is not one host is refused at the start.
    pub fn danger_allow_plain_http_to<T: AsRef<str>>(mut self, hosts: impl IntoIterator<Item = T>) -> Self {
        hosts.into_iter().for_each(|host| self.plain.allow(host.as_ref()));
        self
    }

    /// Sends this header with each fetch.
    ///
    /// It goes to the origin (scheme, host and port) of the address or of the issuer that this set is made for, and not
    /// to another host that the issuer's configuration names. Its value is in no log, error or `Debug`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.add(name.into(), value.into());
        self
    }

    /// Sends a header whose value is read from a file at each fetch, without blanks and line ends around it. Otherwise as
    /// [`header`](Self::header).
    pub fn header_file(mut self, name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        self.headers.add_file(name.into(), path.into());
        self
    }

    /// Sends `Authorization: Bearer` with the token in a file, which is read at each fetch: tokens of a Kubernetes service
    /// account, for one, are replaced while a program runs. Otherwise as [`header`](Self::header).
    pub fn bearer_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.headers.add_bearer_file(path.into());
        self
    }

    /// Trusts these certificates, in PEM, instead of those of the operating system.
    ///
    /// They are authorities, or the certificates of servers themselves; a self-signed certificate may be either.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates = Some(pem.into());
        self
    }

    /// Goes through the proxy that the environment names. Without this setting the environment has no say.
    ///
    /// As for curl, the first of `https_proxy`, `HTTPS_PROXY`, `all_proxy` and `ALL_PROXY` counts that is not empty, and
    /// `no_proxy` or `NO_PROXY` has the exceptions. Proxies with http and https are supported. One that cannot be used is
    /// refused at the start. Plain http goes through none.
    pub fn proxy_from_environment(mut self) -> Self {
        self.proxy_from_environment = true;
        self
    }

    /// Also accepts a configuration that calls its issuer by this name, in which `{tenantid}` stands for a tenant: the one of
    /// Microsoft Entra's `common` and `organizations`. List the tenants in the policy:
    /// [`OwnedPolicy::tenants`](crate::OwnedPolicy::tenants).
    pub fn issuer_template(mut self, template: impl Into<String>) -> Self {
        self.template = Some(template.into());
        self
    }

    /// Bounds how long a whole fetch may take, redirects and an issuer's configuration included. Default 5 s; from 1 ms to
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

    /// Sets a fixed interval between fetches and ignores the server's `Cache-Control`.
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
    /// The faults of settings: an address that is malformed or plain http, root certificates, headers and their files, a
    /// proxy of the environment, and [`FetchFault::Thread`](crate::FetchFault::Thread). A fetch that fails is no error
    /// here; it is tried again.
    pub fn start(self) -> Result<RemoteKeySet, FetchError> {
        self.start_with(KeySet::new())
    }

    /// Starts as [`start`](Self::start) does, and uses these keys until the first fetch succeeds, for example those of the last run.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(self, initial: KeySet) -> Result<RemoteKeySet, FetchError> {
        RemoteKeySet::run(self.plan()?, initial)
    }

    /// Fetches the keys once, in this thread.
    ///
    /// # Errors
    /// As [`start`](Self::start), and why the fetch failed.
    pub fn fetch(self) -> Result<KeySet, FetchError> {
        let plan = self.plan()?;
        let document = plan.source.fetch(&plan.limits)?;
        let keys = plan.reader.public_only().parse(&document.body);
        keys.map_err(|error| document.without_keys(error))
    }

    /// Fetches the document that holds the keys once, in this thread, and does not read them.
    ///
    /// # Errors
    /// As [`start`](Self::start), and why the fetch failed, or what the document is if it evidently holds no keys.
    pub fn fetch_document(self) -> Result<Vec<u8>, FetchError> {
        let plan = self.plan()?;
        let document = plan.source.fetch(&plan.limits)?;
        match document.other_kind() {
            Some(fault) => Err(FetchError::from(fault).at(&document.url)),
            None => Ok(document.body),
        }
    }

    /// Checks all settings.
    fn plan(self) -> Result<Plan, FetchError> {
        self.plain.check()?;
        let source = match &self.from {
            From::Keys(url) => Source::Keys(Address::parse(url, &self.plain)?),
            From::Issuer(name) => Source::Issuer(Issuer::new(name, &self.plain)?.or_named(self.template)),
        };
        let roots = match &self.root_certificates {
            Some(pem) => Roots::from_pem(pem)?,
            None => Roots::OperatingSystem,
        };
        self.headers.read()?;
        let proxy = match self.proxy_from_environment {
            true => ProxyChoice::from_environment(|name| std::env::var_os(name)),
            false => ProxyChoice::Never,
        };
        if source.start().is_secure() {
            proxy.for_host(source.start().host())?;
        }
        let limits = Limits { timeout: self.timeout, bytes: self.bytes, roots, proxy, headers: self.headers };
        Ok(Plan {
            source,
            limits,
            freshness: self.freshness,
            drop_after: self.drop_after,
            refetch_interval: self.refetch_interval,
            reader: self.reader,
        })
    }
}

impl fmt::Debug for RemoteKeySetBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteKeySetBuilder")
            .field("plain_http", &self.plain)
            .field("own_roots", &self.root_certificates.is_some())
            .field("proxy_from_environment", &self.proxy_from_environment)
            .field("headers", &self.headers)
            .field("timeout", &self.timeout)
            .field("size_limit", &self.bytes)
            .field("freshness", &self.freshness)
            .field("drop_after", &self.drop_after)
            .field("refetch_interval", &self.refetch_interval)
            .finish_non_exhaustive()
    }
}
