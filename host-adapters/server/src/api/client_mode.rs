//! Who keeps the refresh token: a browser, in a cookie that no script sees, or a native client, in its own keeping.
//!
//! A request says which in `Glowband-Client`. One that says nothing is held to the rules for browsers, and those ask for
//! the header: a page of another site cannot send it without asking first (CORS), and a form cannot send it at all. Beside
//! it, `Origin` must be one of those that are allowed, or `Sec-Fetch-Site` must say `same-origin` where there is no
//! `Origin`. The cookie's `SameSite=Strict` stands behind that.

use super::problem::Problem;
use super::refresh_cookie;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use std::sync::Arc;
use utoipa::ToSchema;

/// The header by which a client says what it is.
pub(super) const CLIENT_HEADER: HeaderName = HeaderName::from_static("glowband-client");
const ORIGIN: &str = "origin";
const FETCH_SITE: &str = "sec-fetch-site";

/// Who keeps the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ClientMode {
    /// The cookie `__Host-gb_refresh`; the token is never in a body.
    Browser,
    /// The client; the token is never in a cookie.
    Native,
}

impl ClientMode {
    /// What a login is kept under where its client gives no name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Native => "native",
        }
    }

    /// What this request is, by what it says and by what it shows.
    ///
    /// # Errors
    /// 400 for a header that says neither; 403 for a browser's request that may be another site's doing, and for one that
    /// calls itself native and shows a browser's marks.
    pub(super) fn of(headers: &HeaderMap, origins: &Origins) -> Result<Self, Problem> {
        let mut said = headers.get_all(CLIENT_HEADER).into_iter();
        match (said.next().map(|value| value.as_bytes()), said.next()) {
            (Some(b"browser"), None) => origins.expect(headers).map(|()| Self::Browser),
            (Some(b"native"), None) => expect_no_browser(headers).map(|()| Self::Native),
            (None, _) => Err(forbidden(
                "client_header_missing",
                "Glowband-Client",
                "This route hands out or takes refresh tokens, so the request must have the header Glowband-Client: \
                 browser, or native from a client that is no browser and holds no cookie.",
            )),
            (Some(_), _) => Err(Problem::field(
                "client_header_unknown",
                "Glowband-Client",
                "The header Glowband-Client must be there once, and be browser or native.",
            )),
        }
    }
}

/// A native client sends nothing that only browsers send: its answer has a token in it that no page may read.
fn expect_no_browser(headers: &HeaderMap) -> Result<(), Problem> {
    let detail = "A native client sends no Origin, no Sec-Fetch-Site and no cookie __Host-gb_refresh. What runs in a \
                  browser says Glowband-Client: browser.";
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

/// The origins whose pages may act on a login: this server's own and those of the settings.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    all: Arc<[String]>,
    /// How many of them are this server's own.
    own: usize,
}

impl Origins {
    /// Those of the server that is known under this URL, and the others that are allowed.
    pub(super) fn new(public_url: &str, allowed: &[String]) -> Self {
        let mut all = own(public_url);
        let count = all.len();
        all.extend(allowed.iter().cloned());
        Self { all: all.into(), own: count }
    }

    /// Whether a page of another origin may read answers: this is what opens CORS.
    pub(super) fn opens_to(&self, origin: &[u8]) -> bool {
        self.all.iter().skip(self.own).any(|other| other.as_bytes() == origin)
    }

    /// Whether any other origin is allowed.
    pub(super) fn opens(&self) -> bool {
        self.all.len() > self.own
    }

    /// A request that an allowed page caused, by what the browser says.
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
                "The request comes from a page of an origin that is not allowed. If it is yours, the server's settings \
                 public-url or allowed-origins must name it.",
            )),
            // An allowed origin may be on another site, or on none; what cannot be is the server's own page elsewhere.
            Some(origin) if site == Some(b"cross-site") && !self.opens_to(origin) => Err(cross_site()),
            Some(_) => Ok(()),
            None if site == Some(b"same-origin") => Ok(()),
            None => Err(cross_site()),
        }
    }
}

fn cross_site() -> Problem {
    let detail =
        "Neither Origin nor Sec-Fetch-Site says that a page of this server or of an allowed origin sent the request.";
    forbidden("cross_site", "Sec-Fetch-Site", detail)
}

fn forbidden(name: &'static str, header: &'static str, detail: &'static str) -> Problem {
    Problem::field(name, header, detail).with_status(StatusCode::FORBIDDEN)
}

/// The origin of the public URL. On a loopback address all of its names are one: a browser that was given `localhost`
/// says that, and nobody else can answer there.
fn own(public_url: &str) -> Vec<String> {
    let Some((scheme, rest)) = public_url.split_once("://") else {
        return Vec::new();
    };
    let authority = rest.split('/').next().unwrap_or(rest).to_ascii_lowercase();
    let (host, port) = match authority.rsplit_once(':') {
        // A colon within an IPv6 address is no port's.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority.as_str(), None),
    };
    let default = matches!((scheme, port), ("https", Some("443")) | ("http", Some("80")));
    let port = port.filter(|_| !default).map(|port| format!(":{port}")).unwrap_or_default();
    let loopback = ["localhost", "127.0.0.1", "[::1]"];
    let hosts = if loopback.contains(&host) { loopback.to_vec() } else { vec![host] };
    hosts.into_iter().map(|host| format!("{scheme}://{host}{port}")).collect()
}
