//! One document by HTTP GET: bounded in time and bytes, to the host that was asked and no other.

use crate::remote::address::Address;
use crate::remote::document::Document;
use crate::remote::proxy::ProxyChoice;
use crate::remote::request_headers::RequestHeaders;
use crate::remote::server_certificates::Roots;
use crate::remote::tls_connector::TlsConnector;
use crate::remote::{FetchError, FetchFault, freshness, tls_words};
use std::io::{self, Read};
use std::time::{Duration, Instant};
use ureq::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectProxyConnector, Connector, TcpConnector};
use ureq::{Agent, Body};

/// What every exchange of a key set keeps to.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// For all documents of a fetch together, from the first look-up of a name to the last byte.
    pub(crate) timeout: Duration,
    /// For one document.
    pub(crate) bytes: usize,
    pub(crate) roots: Roots,
    pub(crate) proxy: ProxyChoice,
    pub(crate) headers: RequestHeaders,
}

/// One fetch. It takes its connections along when it ends, so that each fetch sees the roots, names and tokens of its
/// own time.
pub(crate) struct Exchange<'l> {
    agent: Agent,
    deadline: Instant,
    limits: &'l Limits,
    /// Where the headers of the settings may go.
    start: Address,
    headers: Vec<(HeaderName, HeaderValue)>,
}

const REDIRECTS: usize = 3;
const HEAD: usize = 32 * 1024;
const LONGEST_CONTENT_TYPE: usize = 100;
const ACCEPT: &str = "application/jwk-set+json, application/json, application/x-pem-file;q=0.5, */*;q=0.1";

impl<'l> Exchange<'l> {
    /// Begins a fetch that first goes to `start`; its time runs from now.
    pub(crate) fn begin(start: &Address, limits: &'l Limits) -> Result<Self, FetchError> {
        let deadline = Instant::now() + limits.timeout;
        let headers = limits.headers.read()?;
        let connector =
            ().chain(ConnectProxyConnector::default())
                .chain(TcpConnector::default())
                .chain(TlsConnector::new(limits.roots.client(), deadline));
        let config = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEAD)
            .user_agent(concat!("glowband-verify/", env!("CARGO_PKG_VERSION")))
            .accept(ACCEPT)
            .accept_encoding("identity")
            .build();
        let agent = Agent::with_parts(config, connector, DefaultResolver::default());
        Ok(Self { agent, deadline, limits, start: start.clone(), headers })
    }

    /// Gets one document.
    ///
    /// # Errors
    /// What went wrong, with the address and the proxy that it happened at.
    pub(crate) fn get(&self, address: &Address) -> Result<Document, FetchError> {
        let mut address = address.clone();
        for _ in 0..=REDIRECTS {
            // Plain http goes straight to its host, which a setting names.
            let proxy = if address.is_secure() { self.limits.proxy.for_host(address.host())? } else { None };
            let place = |error: FetchError| error.at(address.url()).through(proxy.map(|proxy| proxy.shown()));
            let answer = self.ask(&address, proxy.map(|proxy| proxy.proxy())).map_err(place)?;
            let next = match answer.status().as_u16() {
                200 => return self.read(answer, &address).map_err(place),
                301 | 302 | 303 | 307 | 308 => redirect(&address, answer.headers()).map_err(place)?,
                status => {
                    let content_type = content_type(answer.headers());
                    let headers_withheld = !self.headers.is_empty() && !self.start.same_origin(&address);
                    return Err(place(FetchFault::Status { status, content_type, headers_withheld }.into()));
                }
            };
            address = next;
        }
        Err(FetchError::from(FetchFault::TooManyRedirects).at(address.url()))
    }

    fn ask(&self, address: &Address, proxy: Option<&ureq::Proxy>) -> Result<Response<Body>, FetchError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(FetchFault::TimedOut(self.limits.timeout).into());
        }
        let mut request = self.agent.get(address.url());
        // A token for one host is never sent to another.
        if self.start.same_origin(address) {
            for (name, value) in &self.headers {
                request = request.header(name, value);
            }
        }
        let config = request.config().timeout_global(Some(left)).https_only(address.is_secure());
        config.proxy(proxy.cloned()).build().call().map_err(|error| self.failure(error))
    }

    fn read(&self, answer: Response<Body>, address: &Address) -> Result<Document, FetchError> {
        let headers = answer.headers();
        if let Some(coding) = content_encoding(headers) {
            return Err(FetchFault::Encoded(coding).into());
        }
        let cache_control = headers.get_all(header::CACHE_CONTROL).iter().map(|line| line.as_bytes());
        let fresh_for = freshness::said(cache_control, headers.get(header::AGE).map(|age| age.as_bytes()));
        let content_type = content_type(headers);
        let limit = self.limits.bytes;
        let mut body = Vec::new();
        let mut reader =
            answer.into_body().into_reader().take(u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1));
        reader.read_to_end(&mut body).map_err(|error| self.failure(error.into()))?;
        if body.len() > limit {
            return Err(FetchFault::TooLarge(limit).into());
        }
        Ok(Document { body, content_type, fresh_for, url: address.url().to_owned() })
    }

    /// Puts an error in our words; the library's own may quote what came.
    fn failure(&self, error: ureq::Error) -> FetchError {
        let fault = match error {
            ureq::Error::Timeout(_) => FetchFault::TimedOut(self.limits.timeout),
            ureq::Error::Io(error) if is_timeout(error.kind()) => FetchFault::TimedOut(self.limits.timeout),
            ureq::Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(error) => FetchFault::Tls(tls_words::cause(error)),
                None => connection_fault(&error),
            },
            ureq::Error::Tls(why) => FetchFault::Tls(why.to_owned()),
            ureq::Error::TlsRequired => FetchFault::Tls("the handshake failed".to_owned()),
            ureq::Error::HostNotFound => FetchFault::HostNotFound("it has no address".to_owned()),
            ureq::Error::ConnectionFailed => FetchFault::Connection(io::ErrorKind::NotConnected),
            ureq::Error::ConnectProxyFailed(why) => FetchFault::ProxyRefused(status_in(&why)),
            ureq::Error::LargeResponseHeader(..) => FetchFault::HeadTooLarge,
            ureq::Error::RequireHttpsOnly(_) | ureq::Error::BadUri(_) => {
                FetchFault::AddressMalformed("the HTTP library does not take it")
            }
            _ => FetchFault::NotHttp,
        };
        fault.into()
    }
}

fn redirect(from: &Address, headers: &HeaderMap) -> Result<Address, FetchError> {
    let location = headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
    let location = location.ok_or_else(|| FetchError::from(FetchFault::RedirectElsewhere(String::new())))?;
    // What is wrong is where it leads; where it came from is said by the caller.
    from.redirected(location)
}

/// Returns the type alone, without parameters, if it is printable.
fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let value = value.split(';').next().unwrap_or_default().trim();
    let printable =
        !value.is_empty() && value.len() <= LONGEST_CONTENT_TYPE && value.bytes().all(|b| b.is_ascii_graphic());
    printable.then(|| value.to_owned())
}

/// Returns the codings of a body that is not sent as it is.
fn content_encoding(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let texts: Vec<_> = values.map(|value| value.to_str().unwrap_or("unreadable")).collect();
    let codings = texts.iter().flat_map(|text| text.split(',')).map(str::trim);
    let codings: Vec<_> =
        codings.filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity")).collect();
    (!codings.is_empty()).then(|| format!("Content-Encoding: {}", codings.join(", ")))
}

fn connection_fault(error: &io::Error) -> FetchFault {
    // The standard library has no kind for it.
    match error.to_string().strip_prefix("failed to lookup address information: ") {
        Some(why) => FetchFault::HostNotFound(why.to_owned()),
        None => FetchFault::Connection(error.kind()),
    }
}

/// Returns the first number of three digits in the words of the HTTP library.
fn status_in(words: &str) -> Option<u16> {
    words.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 3)?.parse().ok()
}

fn is_timeout(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}
