//! The two headers of a request that may carry a token, whoever's type holds them.

/// What is looked at in a request; the maps of `http` 1 and of actix-web have it, and so has a plain list.
///
/// ```
/// use glowband_http::{RequestHeaders, TokenSource};
///
/// let headers = [("Host", "api.example"), ("Authorization", "Bearer aaa.bbb.ccc")];
/// assert_eq!(TokenSource::Header.find(&headers[..]), Ok(Some(&b"aaa.bbb.ccc"[..])));
/// ```
pub trait RequestHeaders {
    /// The value of every header field `Authorization`, in the request's order.
    fn authorization(&self) -> impl Iterator<Item = &[u8]>;

    /// The value of every header field `Cookie`, in the request's order.
    fn cookie(&self) -> impl Iterator<Item = &[u8]>;
}

/// Pairs of name and value; names in any case (RFC 9110 §5.1).
impl<N: AsRef<str>, V: AsRef<[u8]>> RequestHeaders for [(N, V)] {
    fn authorization(&self) -> impl Iterator<Item = &[u8]> {
        named(self, "authorization")
    }

    fn cookie(&self) -> impl Iterator<Item = &[u8]> {
        named(self, "cookie")
    }
}

fn named<'h, N: AsRef<str>, V: AsRef<[u8]>>(pairs: &'h [(N, V)], name: &'static str) -> impl Iterator<Item = &'h [u8]> {
    let named = pairs.iter().filter(move |(own, _)| own.as_ref().eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.as_ref())
}

#[cfg(feature = "tower")]
impl RequestHeaders for http::HeaderMap {
    fn authorization(&self) -> impl Iterator<Item = &[u8]> {
        self.get_all(http::header::AUTHORIZATION).into_iter().map(http::HeaderValue::as_bytes)
    }

    fn cookie(&self) -> impl Iterator<Item = &[u8]> {
        self.get_all(http::header::COOKIE).into_iter().map(http::HeaderValue::as_bytes)
    }
}

#[cfg(feature = "actix")]
impl RequestHeaders for actix_web::http::header::HeaderMap {
    fn authorization(&self) -> impl Iterator<Item = &[u8]> {
        self.get_all(actix_web::http::header::AUTHORIZATION).map(actix_web::http::header::HeaderValue::as_bytes)
    }

    fn cookie(&self) -> impl Iterator<Item = &[u8]> {
        self.get_all(actix_web::http::header::COOKIE).map(actix_web::http::header::HeaderValue::as_bytes)
    }
}
