//! The parts of a request that authentication reads, for every framework's request type.

/// The head of a request. Implemented for requests of `http` 1 and actix-web, and for a list of headers.
///
/// ```
/// use glowband_http::{RequestHead, TokenSource};
///
/// let headers = [("Host", "api.example"), ("Authorization", "Bearer aaa.bbb.ccc")];
/// assert_eq!(TokenSource::Header.find(&headers[..]), Ok(Some(&b"aaa.bbb.ccc"[..])));
/// ```
pub trait RequestHead {
    /// Returns the method in capitals; `None` if it is unknown and may be any.
    fn method(&self) -> Option<&str>;

    /// Returns the values of all `Authorization` headers, in the order of the request.
    fn authorization(&self) -> impl Iterator<Item = &[u8]>;

    /// Returns the values of all `Cookie` headers, in the order of the request.
    fn cookie(&self) -> impl Iterator<Item = &[u8]>;

    /// Returns the values of all headers of this name (in lower case), in the order of the request.
    fn named<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]>;
}

/// Pairs of name and value. Names are case-insensitive (RFC 9110 §5.1). The method is unknown.
impl<N: AsRef<str>, V: AsRef<[u8]>> RequestHead for [(N, V)] {
    fn method(&self) -> Option<&str> {
        None
    }

    fn authorization(&self) -> impl Iterator<Item = &[u8]> {
        self.named("authorization")
    }

    fn cookie(&self) -> impl Iterator<Item = &[u8]> {
        self.named("cookie")
    }

    fn named<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        let named = self.iter().filter(move |(own, _)| own.as_ref().eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_ref())
    }
}

#[cfg(feature = "tower")]
mod of_http {
    use super::RequestHead;
    use http::header::{AUTHORIZATION, AsHeaderName, COOKIE};
    use http::request::Parts;
    use http::{HeaderMap, HeaderValue, Request};

    fn values(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &[u8]> {
        headers.get_all(name).into_iter().map(HeaderValue::as_bytes)
    }

    impl<B> RequestHead for Request<B> {
        fn method(&self) -> Option<&str> {
            Some(self.method().as_str())
        }

        fn authorization(&self) -> impl Iterator<Item = &[u8]> {
            values(self.headers(), AUTHORIZATION)
        }

        fn cookie(&self) -> impl Iterator<Item = &[u8]> {
            values(self.headers(), COOKIE)
        }

        fn named<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
            values(self.headers(), name)
        }
    }

    impl RequestHead for Parts {
        fn method(&self) -> Option<&str> {
            Some(self.method.as_str())
        }

        fn authorization(&self) -> impl Iterator<Item = &[u8]> {
            values(&self.headers, AUTHORIZATION)
        }

        fn cookie(&self) -> impl Iterator<Item = &[u8]> {
            values(&self.headers, COOKIE)
        }

        fn named<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
            values(&self.headers, name)
        }
    }
}

#[cfg(feature = "actix")]
mod of_actix {
    use super::RequestHead;
    use actix_web::dev::ServiceRequest;
    use actix_web::http::header::{AUTHORIZATION, AsHeaderName, COOKIE, HeaderMap, HeaderValue};

    fn values(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &[u8]> {
        headers.get_all(name).map(HeaderValue::as_bytes)
    }

    impl RequestHead for ServiceRequest {
        fn method(&self) -> Option<&str> {
            Some(self.method().as_str())
        }

        fn authorization(&self) -> impl Iterator<Item = &[u8]> {
            values(self.headers(), AUTHORIZATION)
        }

        fn cookie(&self) -> impl Iterator<Item = &[u8]> {
            values(self.headers(), COOKIE)
        }

        fn named<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
            values(self.headers(), name)
        }
    }
}
