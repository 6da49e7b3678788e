//! One document by HTTP GET: bounded in time and bytes, to the host that was asked and no other.

use crate::remote::FetchError;
use crate::remote::address::Address;
use crate::remote::freshness;
use rustls::crypto::aws_lc_rs;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, Instant};
use ureq::http::{Response, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Proxy};

/// What every exchange of a key set keeps to.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// For all documents of a fetch together, from the first look-up of a name to the last byte.
    pub(crate) timeout: Duration,
    /// For one document.
    pub(crate) bytes: usize,
    pub(crate) roots: Roots,
    pub(crate) proxy: ProxyChoice,
}

/// Whose certificates are trusted.
#[derive(Clone, Debug)]
pub(crate) enum Roots {
    OperatingSystem,
    These(Vec<Certificate<'static>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProxyChoice {
    Never,
    Environment,
}

/// What came, and how long the server says that it may be used.
pub(crate) struct Document {
    pub(crate) body: Vec<u8>,
    pub(crate) fresh_for: Option<Duration>,
}

/// One fetch. It takes its connections along when it ends, so that each fetch sees the roots, names and proxies of
/// its own time.
pub(crate) struct Exchange {
    agent: Agent,
    deadline: Instant,
    timeout: Duration,
    bytes: usize,
}

const REDIRECTS: usize = 3;
const HEAD: usize = 32 * 1024;
const ACCEPT: &str = "application/jwk-set+json, application/json, application/x-pem-file;q=0.5, */*;q=0.1";

impl Roots {
    /// Certificates in PEM, all of them and at least one.
    pub(crate) fn from_pem(pem: &[u8]) -> Result<Self, FetchError> {
        let mut certificates = Vec::new();
        let mut judge = rustls::RootCertStore::empty();
        for item in parse_pem(pem) {
            let Ok(PemItem::Certificate(certificate)) = item else {
                return Err(FetchError::RootCertificates);
            };
            // What the verifier would pass over in silence is said here.
            let der = rustls::pki_types::CertificateDer::from(certificate.der().to_vec());
            judge.add(der).map_err(|_| FetchError::RootCertificates)?;
            certificates.push(certificate);
        }
        if certificates.is_empty() { Err(FetchError::RootCertificates) } else { Ok(Self::These(certificates)) }
    }
}

impl Exchange {
    /// Begins a fetch that first goes to `start`; its time runs from now.
    pub(crate) fn begin(start: &Address, limits: &Limits) -> Self {
        let roots = match &limits.roots {
            Roots::OperatingSystem => RootCerts::PlatformVerifier,
            Roots::These(certificates) => RootCerts::new_with_certs(certificates),
        };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build();
        // Plain http stays on this machine.
        let proxied = limits.proxy == ProxyChoice::Environment && start.is_secure();
        let config = Agent::config_builder()
            .tls_config(tls)
            .https_only(start.is_secure())
            .proxy(if proxied { Proxy::try_from_env() } else { None })
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(HEAD)
            .user_agent(concat!("glowband-verify/", env!("CARGO_PKG_VERSION")))
            .accept(ACCEPT)
            .build();
        let deadline = Instant::now() + limits.timeout;
        Self { agent: config.new_agent(), deadline, timeout: limits.timeout, bytes: limits.bytes }
    }

    /// Gets one document.
    pub(crate) fn get(&self, address: &Address) -> Result<Document, FetchError> {
        let mut address = address.clone();
        for _ in 0..=REDIRECTS {
            let answer = self.ask(&address)?;
            match answer.status().as_u16() {
                200 => return self.read(answer),
                301 | 302 | 303 | 307 | 308 => {
                    let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
                    address = address.redirected(location.ok_or(FetchError::RedirectElsewhere)?)?;
                }
                status => return Err(FetchError::Status(status)),
            }
        }
        Err(FetchError::TooManyRedirects)
    }

    fn ask(&self, address: &Address) -> Result<Response<Body>, FetchError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(FetchError::TimedOut(self.timeout));
        }
        let request = self.agent.get(address.url()).config().timeout_global(Some(left)).build();
        request.call().map_err(|error| self.failure(error))
    }

    fn read(&self, answer: Response<Body>) -> Result<Document, FetchError> {
        let headers = answer.headers();
        let cache_control = headers.get_all(header::CACHE_CONTROL).iter().map(|line| line.as_bytes());
        let fresh_for = freshness::said(cache_control, headers.get(header::AGE).map(|age| age.as_bytes()));
        let mut body = Vec::new();
        let limit = u64::try_from(self.bytes).unwrap_or(u64::MAX).saturating_add(1);
        let mut reader = answer.into_body().into_reader().take(limit);
        reader.read_to_end(&mut body).map_err(|error| self.failure(error.into()))?;
        if body.len() > self.bytes { Err(FetchError::TooLarge(self.bytes)) } else { Ok(Document { body, fresh_for }) }
    }

    /// The error in our words; the library's own may quote what came.
    fn failure(&self, error: ureq::Error) -> FetchError {
        match error {
            ureq::Error::Timeout(_) => FetchError::TimedOut(self.timeout),
            ureq::Error::Io(error) if is_timeout(error.kind()) => FetchError::TimedOut(self.timeout),
            ureq::Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(error) => FetchError::Tls(cause(error)),
                None => FetchError::Connection(error.kind()),
            },
            ureq::Error::Rustls(error) => FetchError::Tls(cause(&error)),
            ureq::Error::Tls(_) | ureq::Error::TlsRequired => FetchError::Tls("the handshake failed"),
            ureq::Error::HostNotFound => FetchError::Connection(io::ErrorKind::AddrNotAvailable),
            ureq::Error::ConnectionFailed | ureq::Error::ConnectProxyFailed(_) => {
                FetchError::Connection(io::ErrorKind::NotConnected)
            }
            ureq::Error::LargeResponseHeader(..) => FetchError::HeadTooLarge,
            ureq::Error::RequireHttpsOnly(_) => FetchError::PlainHttp,
            ureq::Error::BadUri(_) => FetchError::AddressMalformed,
            _ => FetchError::NotHttp,
        }
    }
}

fn is_timeout(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

fn cause(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError as Certificate;
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            Certificate::UnknownIssuer => "the certificate's issuer is not trusted",
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "the certificate is for another host"
            }
            Certificate::Expired | Certificate::ExpiredContext { .. } => "the certificate has expired",
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => "the certificate is not valid yet",
            Certificate::Revoked => "the certificate is revoked",
            _ => "the certificate is not valid",
        },
        rustls::Error::NoCertificatesPresented => "the server has no certificate",
        rustls::Error::AlertReceived(_) => "the server refused the handshake",
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS",
        _ => "the handshake failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_certificates_and_there_is_one() {
        for pem in [
            &b""[..],
            b"not PEM",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            assert_eq!(Roots::from_pem(pem).err(), Some(FetchError::RootCertificates));
        }
    }
}
