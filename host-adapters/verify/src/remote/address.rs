//! Which addresses keys may come from: https, and plain http on this machine where a setting allows that.

use crate::remote::plain_http::{self, PlainHttp};
use crate::remote::{FetchError, FetchFault, foreign_text};
use std::fmt;
use std::net::Ipv6Addr;
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

const LONGEST: usize = 2048;

impl Address {
    /// Parses and checks a URL: `https://host[:port][/path][?query]`, nothing else in it; or `http://` where that is allowed.
    ///
    /// # Errors
    /// [`FetchFault::AddressMalformed`] and [`FetchFault::PlainHttp`], with the address.
    pub(crate) fn parse(url: &str, plain: &PlainHttp) -> Result<Self, FetchError> {
        let malformed = |why| FetchError::from(FetchFault::AddressMalformed(why)).at(url);
        let address = Self::read(url).map_err(malformed)?;
        if !address.secure && !plain.reaches(&address.host) {
            return Err(FetchError::from(FetchFault::PlainHttp { host: address.host }).at(url));
        }
        Ok(address)
    }

    /// Parses a URL without checking whether its scheme is secure. Returns what is wrong with an invalid URL.
    fn read(url: &str) -> Result<Self, &'static str> {
        if url.len() > LONGEST {
            return Err("it is longer than 2048 bytes");
        }
        if url.contains('#') {
            return Err("it has a fragment (#)");
        }
        if !url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err("it holds a blank, a backslash or a character that is not ASCII");
        }
        let (scheme, rest) = url.split_once("://").ok_or("it does not begin with https://")?;
        let secure = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => true,
            _ if scheme.eq_ignore_ascii_case("http") => false,
            _ => return Err("it does not begin with https://"),
        };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err("it holds a user name (@)");
        }
        let (host, port) = host_and_port(authority).ok_or("its host is not a name or an address")?;
        let port = match port {
            None if secure => 443,
            None => 80,
            Some(digits) => port_number(digits).ok_or("its port is not a number from 1 to 65535")?,
        };
        if url.parse::<Uri>().is_err() {
            return Err("it is not a URL");
        }
        let origin_length = url.len() - rest.len() + authority.len();
        Ok(Self { url: url.to_owned(), origin_length, secure, host: host.to_ascii_lowercase(), port })
    }

    /// Returns where a redirect leads, if it stays with the same scheme, host and port.
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
        // Plain http is checked together with the rest of the origin.
        match Self::read(&target) {
            Ok(target) if self.same_origin(&target) => Ok(target),
            _ => Err(FetchFault::RedirectElsewhere(foreign_text::address(&target)).into()),
        }
    }

    /// Returns whether scheme, host and port are the same.
    pub(crate) fn same_origin(&self, other: &Self) -> bool {
        other.secure == self.secure && other.host == self.host && other.port == self.port
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the host in lower case, an IPv6 address without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
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

/// Splits a host and maybe a port. Returns `None` for anything else, such as a user name before them.
pub(crate) fn host_and_port(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        return if after.is_empty() { Some((host, None)) } else { Some((host, Some(after.strip_prefix(':')?))) };
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    plain_http::is_name(host).then_some((host, port))
}

/// Reads a port from 1 to 65535.
pub(crate) fn port_number(digits: &str) -> Option<u16> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|port| plain && *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(url: &str) -> Option<FetchFault> {
        Address::parse(url, &PlainHttp::default()).err().map(|error| error.fault().clone())
    }

    fn malformed(url: &str) -> bool {
        matches!(error(url), Some(FetchFault::AddressMalformed(_)))
    }

    fn loopback() -> PlainHttp {
        let mut plain = PlainHttp::default();
        plain.allow_loopback();
        plain
    }

    #[test]
    fn https_and_nothing_else() {
        for good in
            ["https://id.example/jwks.json", "HTTPS://id.example", "https://[2001:db8::1]:8443/k?v=1", "https://a_b:1/"]
        {
            assert_eq!(error(good), None, "{good}");
        }
        for plain in ["http://id.example/jwks.json", "http://127.0.0.1/", "http://localhost:80"] {
            assert!(matches!(error(plain), Some(FetchFault::PlainHttp { .. })), "{plain}");
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
            assert!(malformed(bad), "{bad}");
        }
        assert!(malformed(&format!("https://id.example/{}", "a".repeat(LONGEST))));
    }

    #[test]
    fn plain_http_reaches_this_machine_by_a_setting() {
        let parse = |url: &str| Address::parse(url, &loopback()).map(drop);
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
            assert!(matches!(parse(elsewhere).unwrap_err().fault(), FetchFault::PlainHttp { .. }), "{elsewhere}");
        }
    }

    #[test]
    fn a_redirect_stays_with_its_host() {
        let from = Address::parse("https://id.example/a/b?c", &PlainHttp::default()).unwrap();
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
            let error = from.redirected(location).unwrap_err();
            assert!(matches!(error.fault(), FetchFault::RedirectElsewhere(_)), "{location}");
        }
        let here = Address::parse("http://localhost:81/a", &loopback()).unwrap();
        assert!(here.redirected("/b").is_ok());
        assert!(here.redirected("http://127.0.0.1:81/b").is_err());
        assert!(here.redirected("https://localhost:81/b").is_err());
    }

    #[test]
    fn a_query_is_not_shown() {
        let address = Address::parse("https://id.example/k?secret", &PlainHttp::default()).unwrap();
        assert_eq!(format!("{address:?}"), "https://id.example/k");
    }
}
