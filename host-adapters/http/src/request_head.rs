//! What of a request is looked at, whoever's type holds it.

/// The head of a request; the requests of `http` 1 and of actix-web have one, and a plain list of headers is one.
///
/// ```
/// use glowband_http::{RequestHead, TokenSource};
///
/// let headers = [("Host", "api.example"), ("Authorization", "Bearer aaa.bbb.ccc")];
/// assert_eq!(TokenSource::Header.find(&headers[..]), Ok(Some(&b"aaa.bbb.ccc"[..])));
/// ```
pub trait RequestHead {
    /// The method, in capitals; `None` if it is not known, and then may be any.
    fn method(&self) -> Option<&str>;

    /// The value of every header field `Authorization`, in the request's order.
    fn authorization(&self) -> impl Iterator<Item = &[u8]>;

    /// The value of every header field `Cookie`, in the request's order.
    fn cookie(&self) -> impl Iterator<Item = &[u8]>;

    /// The value of every header field of another name, given in lower case, in the request's order.
    fn named<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]>;
}

/// Pairs of name and value; names in any case (RFC 9110 §5.1). What method there was is not known.
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
