//! Which addresses keys may come from: https, and plain http on this machine where a setting allows that.

use crate::remote::FetchError;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use ureq::http::Uri;

/// A URL that passed the rule.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    url: String,
    /// How much of the URL is scheme, host and port.
    origin_length: usize,
    secure: bool,
    host: String,
    port: u16,
}

/// Whether plain http may reach this machine's own loopback addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlainHttp {
    Never,
    Loopback,
}

const LONGEST: usize = 2048;

impl Address {
    /// Judges a URL: `https://host[:port][/path][?query]`, nothing else in it.
    pub(crate) fn parse(url: &str, plain: PlainHttp) -> Result<Self, FetchError> {
        let readable = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\');
        if url.len() > LONGEST || !url.bytes().all(readable) {
            return Err(FetchError::AddressMalformed);
        }
        let (scheme, rest) = url.split_once("://").ok_or(FetchError::AddressMalformed)?;
        let secure = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => true,
            _ if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err(FetchError::AddressMalformed),
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let (host, port) = host_and_port(authority).ok_or(FetchError::AddressMalformed)?;
        let port = match port {
            None => default_port(secure),
            Some(digits) => port_number(digits).ok_or(FetchError::AddressMalformed)?,
        };
        if url.parse::<Uri>().is_err() {
            return Err(FetchError::AddressMalformed);
        }
        let here = plain == PlainHttp::Loopback && is_loopback(host);
        if !secure && !here {
            return Err(FetchError::PlainHttp);
        }
        let origin_length = url.len() - rest.len() + authority.len();
        Ok(Self { url: url.to_owned(), origin_length, secure, host: host.to_ascii_lowercase(), port })
    }

    /// Where a redirect leads, if it stays with the same scheme, host and port.
    pub(crate) fn redirected(&self, location: &str) -> Result<Self, FetchError> {
        // The fragment is for a reader of the document, not for its server.
        let location = location.split('#').next().unwrap_or_default();
        let origin = self.url.get(..self.origin_length).unwrap_or_default();
        let path = self.url.get(self.origin_length..).unwrap_or_default().split('?').next().unwrap_or_default();
        let first = location.split(['/', '?']).next().unwrap_or_default();
        let target = if first.contains(':') {
            location.to_owned()
        } else if location.starts_with("//") {
            format!("{}:{location}", if self.secure { "https" } else { "http" })
        } else if location.starts_with('/') {
            format!("{origin}{location}")
        } else if location.starts_with('?') {
            format!("{origin}{path}{location}")
        } else {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{origin}{folder}/{location}")
        };
        // Plain http is judged with the rest of the origin.
        let target = Self::parse(&target, PlainHttp::Loopback).map_err(|_| FetchError::RedirectElsewhere)?;
        let same = target.secure == self.secure && target.host == self.host && target.port == self.port;
        if same { Ok(target) } else { Err(FetchError::RedirectElsewhere) }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }
}

/// An address may carry a secret in its query, so only where it leads is shown.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.split('?').next().unwrap_or_default())
    }
}

/// `None` unless it is a host alone, or one with a port; a user name before it is none.
fn host_and_port(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        return if after.is_empty() { Some((host, None)) } else { Some((host, Some(after.strip_prefix(':')?))) };
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    (!host.is_empty() && host.bytes().all(named)).then_some((host, port))
}

fn port_number(digits: &str) -> Option<u16> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|port| plain && *port != 0)
}

fn default_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || host.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(url: &str) -> Option<FetchError> {
        Address::parse(url, PlainHttp::Never).err()
    }

    #[test]
    fn https_and_nothing_else() {
        for good in
            ["https://id.example/jwks.json", "HTTPS://id.example", "https://[2001:db8::1]:8443/k?v=1", "https://a_b:1/"]
        {
            assert_eq!(error(good), None, "{good}");
        }
        for plain in ["http://id.example/jwks.json", "http://127.0.0.1/", "http://localhost:80"] {
            assert_eq!(error(plain), Some(FetchError::PlainHttp), "{plain}");
        }
        for bad in [
            "",
            "id.example/jwks.json",
            "ftp://id.example/",
            "file:///etc/passwd",
            "https://",
            "https:///jwks",
            "https://user@id.example/",
            "https://id.example@evil.example/",
            "https://user:word@id.example/",
            "https://id.example/#keys",
            "https://id.example/a b",
            "https://id.example/\r\nHost: evil.example",
            "https://id.example\\@evil.example/",
            "https://id.example:/",
            "https://id.example:0/",
            "https://id.example:65536/",
            "https://id.example:+1/",
            "https://[::1/",
            "https://[::1]x/",
            "https://bücher.example/",
        ] {
            assert_eq!(error(bad), Some(FetchError::AddressMalformed), "{bad}");
        }
        assert_eq!(error(&format!("https://id.example/{}", "a".repeat(LONGEST))), Some(FetchError::AddressMalformed));
    }

    #[test]
    fn plain_http_reaches_this_machine_by_a_setting() {
        let parse = |url: &str| Address::parse(url, PlainHttp::Loopback).map(drop);
        for here in ["http://localhost/", "http://LOCALHOST:81/", "http://127.9.8.7:8080/k", "http://[::1]:1/"] {
            assert_eq!(parse(here), Ok(()), "{here}");
        }
        for elsewhere in [
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://128.0.0.1/",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://169.254.169.254/",
        ] {
            assert_eq!(parse(elsewhere), Err(FetchError::PlainHttp), "{elsewhere}");
        }
    }

    #[test]
    fn a_redirect_stays_with_its_host() {
        let from = Address::parse("https://id.example/a/b?c", PlainHttp::Never).unwrap();
        for (location, to) in [
            ("/k", "https://id.example/k"),
            ("k", "https://id.example/a/k"),
            ("?d", "https://id.example/a/b?d"),
            ("//ID.example/k", "https://ID.example/k"),
            ("https://id.example:443/k#f", "https://id.example:443/k"),
        ] {
            assert_eq!(from.redirected(location).unwrap().url(), to, "{location}");
        }
        for location in [
            "http://id.example/k",
            "https://id.example:8443/k",
            "https://evil.example/k",
            "//evil.example",
            "https://id.example@evil.example/",
            "https://id.example.evil.example/",
            "file:/etc/passwd",
            "javascript:alert(1)",
            "/a b",
        ] {
            assert_eq!(from.redirected(location).err(), Some(FetchError::RedirectElsewhere), "{location}");
        }
        let here = Address::parse("http://localhost:81/a", PlainHttp::Loopback).unwrap();
        assert!(here.redirected("/b").is_ok());
        assert!(here.redirected("http://127.0.0.1:81/b").is_err());
        assert!(here.redirected("https://localhost:81/b").is_err());
    }

    #[test]
    fn a_query_is_not_shown() {
        let address = Address::parse("https://id.example/k?secret", PlainHttp::Never).unwrap();
        assert_eq!(format!("{address:?}"), "https://id.example/k");
    }
}
