//! A request's headers, whoever's type holds them.

/// Where a request's headers can be looked up: the maps of `http` 1 and of actix-web, or a plain list.
///
/// ```
/// use glowband_http::{RequestHeaders, TokenSource};
///
/// let headers = [("Host", "api.example"), ("Authorization", "Bearer aaa.bbb.ccc")];
/// assert_eq!(TokenSource::Header.find(&headers[..]), Ok(Some(&b"aaa.bbb.ccc"[..])));
/// ```
pub trait RequestHeaders {
    /// The value of every header field of this name, in the request's order. `name` is in lower case.
    fn values<'h>(&'h self, name: &'static str) -> impl Iterator<Item = &'h [u8]>;
}

/// Pairs of name and value; names in any case (RFC 9110 §5.1).
impl<N: AsRef<str>, V: AsRef<[u8]>> RequestHeaders for [(N, V)] {
    fn values<'h>(&'h self, name: &'static str) -> impl Iterator<Item = &'h [u8]> {
        let named = self.iter().filter(move |(own, _)| own.as_ref().eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_ref())
    }
}

#[cfg(feature = "tower")]
impl RequestHeaders for http::HeaderMap {
    fn values<'h>(&'h self, name: &'static str) -> impl Iterator<Item = &'h [u8]> {
        self.get_all(name).into_iter().map(http::HeaderValue::as_bytes)
    }
}

#[cfg(feature = "actix")]
impl RequestHeaders for actix_web::http::header::HeaderMap {
    fn values<'h>(&'h self, name: &'static str) -> impl Iterator<Item = &'h [u8]> {
        self.get_all(name).map(actix_web::http::header::HeaderValue::as_bytes)
    }
}
