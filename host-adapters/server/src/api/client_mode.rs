//! The client mode: a browser keeps the refresh token in a cookie that scripts cannot read; a native client stores it
//! itself.
//!
//! The header `Glowband-Client` gives the mode, and it is required. A page of another site cannot send it without a CORS
//! preflight, and a form cannot send it at all. In browser mode, `Origin` must also be an allowed origin, or, if there is no
//! `Origin`, `Sec-Fetch-Site` must be `same-origin`. The cookie's `SameSite=Strict` is a further defence.

use super::problem::Problem;
use super::refresh_cookie;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use std::sync::Arc;
use utoipa::ToSchema;

/// The header that gives the client mode.
pub(super) const CLIENT_HEADER: HeaderName = HeaderName::from_static("glowband-client");
const ORIGIN: &str = "origin";
const FETCH_SITE: &str = "sec-fetch-site";

/// Where the client keeps the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ClientMode {
    /// In the cookie `__Host-gb_refresh`, never in a body.
    Browser,
    /// In the client's own storage, never in a cookie.
    Native,
}

impl ClientMode {
    /// Returns the client name of a session whose login gave none.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Native => "native",
        }
    }

    /// Returns the mode of a request.
    ///
    /// # Errors
    /// 400 for an invalid header; 403 if the header is missing, if another site may have caused the request, and if a request
    /// in native mode has headers that only browsers send.
    pub(super) fn of(headers: &HeaderMap, origins: &Origins) -> Result<Self, Problem> {
        let mut said = headers.get_all(CLIENT_HEADER).into_iter();
        match (said.next().map(|value| value.as_bytes()), said.next()) {
            (Some(b"browser"), None) => origins.expect(headers).map(|()| Self::Browser),
            (Some(b"native"), None) => expect_no_browser(headers).map(|()| Self::Native),
            (None, _) => Err(forbidden(
                "client_header_missing",
                "Glowband-Client",
                "The header Glowband-Client is missing. This route returns or accepts refresh tokens and requires it. \
                 Allowed: browser for web pages, native for other clients.",
            )),
            (Some(_), _) => Err(Problem::field(
                "client_header_unknown",
                "Glowband-Client",
                "The header Glowband-Client is invalid; allowed: exactly one header with the value browser or native.",
            )),
        }
    }
}

/// Refuses headers that only browsers send: the response of native mode contains a token, which no page may read.
fn expect_no_browser(headers: &HeaderMap) -> Result<(), Problem> {
    let detail = "Requests in native mode must not have the headers Origin and Sec-Fetch-Site or the cookie \
                  __Host-gb_refresh. Web pages must send Glowband-Client: browser.";
    for (header, shown) in [(ORIGIN, "Origin"), (FETCH_SITE, "Sec-Fetch-Site")] {
        if headers.contains_key(header) {
            return Err(forbidden("native_from_browser", shown, detail));
        }
    }
    if refresh_cookie::is_there(headers) {
        return Err(forbidden("native_from_browser", "Cookie", detail));
    }
    Ok(())
}

/// The origins whose pages can use a session: this server's own, and those of the setting `allowed-origins`.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    all: Arc<[String]>,
    /// The number of this server's own origins, which come first.
    own: usize,
}

impl Origins {
    /// Returns the origins of the server with this URL, and other allowed origins.
    pub(super) fn new(public_url: &str, allowed: &[String]) -> Self {
        let mut all = own(public_url);
        let count = all.len();
        all.extend(allowed.iter().cloned());
        Self { all: all.into(), own: count }
    }

    /// Returns whether CORS allows this other origin to read responses.
    pub(super) fn opens_to(&self, origin: &[u8]) -> bool {
        self.all.iter().skip(self.own).any(|other| other.as_bytes() == origin)
    }

    /// Returns whether any other origin is allowed.
    pub(super) fn opens(&self) -> bool {
        self.all.len() > self.own
    }

    /// Checks the headers with which a browser says which page caused the request.
    pub(super) fn expect(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let once = |name| {
            let mut values = headers.get_all(name).into_iter();
            values.next().map(|first| if values.next().is_some() { &b""[..] } else { first.as_bytes() })
        };
        let site = once(FETCH_SITE);
        match once(ORIGIN) {
            Some(origin) if !self.all.iter().any(|own| own.as_bytes() == origin) => Err(forbidden(
                "cross_site",
                "Origin",
                "The header Origin names an origin that is not allowed; allowed: the server's public-url and its setting \
                 allowed-origins.",
            )),
            // An allowed origin can be on another site. The server's own origin cannot.
            Some(origin) if site == Some(b"cross-site") && !self.opens_to(origin) => Err(cross_site()),
            Some(_) => Ok(()),
            None if site == Some(b"same-origin") => Ok(()),
            None => Err(cross_site()),
        }
    }
}

fn cross_site() -> Problem {
    let detail =
        "A page of another site may have sent the request. Allowed: an allowed Origin, or Sec-Fetch-Site: same-origin.";
    forbidden("cross_site", "Sec-Fetch-Site", detail)
}

fn forbidden(name: &'static str, header: &'static str, detail: &'static str) -> Problem {
    Problem::field(name, header, detail).with_status(StatusCode::FORBIDDEN)
}

/// Returns the origins of the public URL. For a loopback address these are all names of the loopback host: a browser sends
/// the name that the user typed, and only this machine can answer at any of them.
fn own(public_url: &str) -> Vec<String> {
    let Some((scheme, rest)) = public_url.split_once("://") else {
        return Vec::new();
    };
    let authority = rest.split('/').next().unwrap_or(rest).to_ascii_lowercase();
    let (host, port) = match authority.rsplit_once(':') {
        // A colon inside the brackets of an IPv6 address does not start a port.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority.as_str(), None),
    };
    let default = matches!((scheme, port), ("https", Some("443")) | ("http", Some("80")));
    let port = port.filter(|_| !default).map(|port| format!(":{port}")).unwrap_or_default();
    let loopback = ["localhost", "127.0.0.1", "[::1]"];
    let hosts = if loopback.contains(&host) { loopback.to_vec() } else { vec![host] };
    hosts.into_iter().map(|host| format!("{scheme}://{host}{port}")).collect()
}
