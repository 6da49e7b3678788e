//! The cookie with the refresh token of a browser.

use super::problem::Problem;
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use glowband_http::{Rejection, from_cookies};

/// The prefix `__Host-` requires TLS and prevents other hosts, such as subdomains, from setting the cookie
/// (RFC 6265bis §4.1.3.2).
pub(super) const NAME: &str = "__Host-gb_refresh";
const ATTRIBUTES: &str = "Path=/; HttpOnly; Secure; SameSite=Strict";

/// Returns the refresh token of a request, if it has the cookie.
///
/// # Errors
/// 400 for two cookies of this name, and for a malformed value.
pub(super) fn of(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let values = headers.get_all(COOKIE).into_iter().map(HeaderValue::as_bytes);
    let found = from_cookies(values, NAME).map_err(|malformed| Problem::from(Rejection::from(malformed)))?;
    // A token68 is ASCII.
    Ok(found.and_then(|token| std::str::from_utf8(token).ok()))
}

/// Returns whether the request has the cookie, valid or not.
pub(super) fn is_there(headers: &HeaderMap) -> bool {
    !matches!(of(headers), Ok(None))
}

/// Returns a `Set-Cookie` for a token and its lifetime in seconds.
pub(super) fn set(token: &str, seconds: u64) -> Option<HeaderValue> {
    sensitive(&format!("{NAME}={token}; Max-Age={seconds}; {ATTRIBUTES}"))
}

/// Returns a `Set-Cookie` that deletes the cookie.
pub(super) fn cleared() -> Option<HeaderValue> {
    sensitive(&format!("{NAME}=; Max-Age=0; {ATTRIBUTES}"))
}

fn sensitive(cookie: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(cookie).ok()?;
    value.set_sensitive(true);
    Some(value)
}
