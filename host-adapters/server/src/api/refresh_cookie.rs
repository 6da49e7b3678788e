//! The cookie in which a browser keeps its refresh token.

use super::problem::Problem;
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use glowband_http::{Rejection, from_cookies};

/// `__Host-`: set by this host alone, over TLS, for all paths; no subdomain can plant one (RFC 6265bis §4.1.3.2).
pub(super) const NAME: &str = "__Host-gb_refresh";
const ATTRIBUTES: &str = "Path=/; HttpOnly; Secure; SameSite=Strict";

/// The refresh token of a request; `None` if no cookie brings one.
///
/// # Errors
/// 400 for two cookies of the name, and for a value that is no token.
pub(super) fn of(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let values = headers.get_all(COOKIE).into_iter().map(HeaderValue::as_bytes);
    let found = from_cookies(values, NAME).map_err(|malformed| Problem::from(Rejection::from(malformed)))?;
    // What is a token68 is ASCII.
    Ok(found.and_then(|token| std::str::from_utf8(token).ok()))
}

/// Whether a cookie of the name is there, good or not.
pub(super) fn is_there(headers: &HeaderMap) -> bool {
    !matches!(of(headers), Ok(None))
}

/// `Set-Cookie` for a token that is good for so many seconds.
pub(super) fn set(token: &str, seconds: u64) -> Option<HeaderValue> {
    sensitive(&format!("{NAME}={token}; Max-Age={seconds}; {ATTRIBUTES}"))
}

/// `Set-Cookie` that takes the cookie away.
pub(super) fn cleared() -> Option<HeaderValue> {
    sensitive(&format!("{NAME}=; Max-Age=0; {ATTRIBUTES}"))
}

fn sensitive(cookie: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(cookie).ok()?;
    value.set_sensitive(true);
    Some(value)
}
