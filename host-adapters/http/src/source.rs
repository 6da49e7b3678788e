//! Where a request carries its token. The query is never read (RFC 9700 §4.3.2).

use crate::bearer::{from_authorization, from_header};
use crate::cookie::from_cookies;
use crate::rejection::Malformed;
use crate::request_head::RequestHead;

/// Where a request may carry its token.
///
/// Browsers also attach cookies to requests that other sites cause. A guard therefore accepts a token from a cookie
/// with an unsafe method (any but `GET`, `HEAD`, `OPTIONS` and `TRACE`) only if the browser states that the request
/// comes from this origin, or from one of [`Guard::allow_origin`](crate::Guard::allow_origin). Also set the cookie's
/// attributes `HttpOnly`, `Secure` and `SameSite`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TokenSource {
    /// Only the header `Authorization: Bearer …`. Cookies are ignored.
    #[default]
    Header,
    /// Only the cookie of this name. `Authorization` is ignored.
    Cookie(Box<str>),
    /// Either of them, but not both in one request (RFC 6750 §2).
    HeaderOrCookie(Box<str>),
    /// Only the header of this name, with or without the prefix `Bearer`: `Cf-Access-Jwt-Assertion`,
    /// `X-Goog-IAP-JWT-Assertion`, `X-Amzn-Oidc-Data`. `Authorization` and cookies are ignored.
    ///
    /// If a proxy creates this header from a cookie, requests caused by other sites have it too.
    NamedHeader(Box<str>),
}

impl TokenSource {
    /// Returns the token of a request, or `None` if the request has no token.
    ///
    /// # Errors
    /// Returns why the credentials are malformed.
    pub fn find<'h, R: RequestHead + ?Sized>(&self, request: &'h R) -> Result<Option<&'h [u8]>, Malformed> {
        Ok(self.locate(request)?.map(|(token, _)| token))
    }

    /// Returns the token and whether it was in a header or a cookie.
    pub(crate) fn locate<'h, R: RequestHead + ?Sized>(
        &self,
        request: &'h R,
    ) -> Result<Option<(&'h [u8], Carrier)>, Malformed> {
        let header = || Ok(from_authorization(request.authorization())?.map(|token| (token, Carrier::Header)));
        let cookie = |name| Ok(from_cookies(request.cookie(), name)?.map(|token| (token, Carrier::Cookie)));
        match self {
            Self::Header => header(),
            Self::Cookie(name) => cookie(name),
            Self::NamedHeader(name) => Ok(from_header(request.named(name))?.map(|token| (token, Carrier::Header))),
            Self::HeaderOrCookie(name) => match (header()?, cookie(name)?) {
                (Some(_), Some(_)) => Err(Malformed::HeaderAndCookie),
                (header, cookie) => Ok(header.or(cookie)),
            },
        }
    }
}

/// The part of the request that carried the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    Header,
    Cookie,
}

#[cfg(test)]
mod tests {
    use super::*;

    type Found<'t> = Result<Option<&'t str>, Malformed>;

    fn find<'h>(source: &TokenSource, headers: &'h [(&str, &str)]) -> Found<'h> {
        Ok(source.find(headers)?.map(|token| std::str::from_utf8(token).unwrap()))
    }

    #[test]
    fn a_named_header_is_the_only_source() {
        let source = TokenSource::NamedHeader("Cf-Access-Jwt-Assertion".into());
        let (other, cookie) = (("Authorization", "Bearer h"), ("Cookie", "CF_Authorization=c"));
        for (headers, expected) in [
            (&[other, cookie][..], Ok(None)),
            (&[("cf-access-jwt-assertion", "a"), other], Ok(Some("a"))),
            (&[("CF-ACCESS-JWT-ASSERTION", "Bearer a")], Ok(Some("a"))),
            (&[("Cf-Access-Jwt-Assertion", "a b")], Err(Malformed::TokenHeader)),
            (
                &[("Cf-Access-Jwt-Assertion", "a"), ("cf-access-jwt-assertion", "b")],
                Err(Malformed::SeveralTokenHeaders),
            ),
        ] {
            assert_eq!(find(&source, headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn each_source_reads_only_its_own_places() {
        let (header, cookie) = (("AUTHORIZATION", "Bearer h"), ("cookie", "t=c"));
        let (in_header, in_cookie) = (TokenSource::Header, TokenSource::Cookie("t".into()));
        let either = TokenSource::HeaderOrCookie("t".into());
        for (headers, expected) in [
            (&[][..], [Ok(None), Ok(None), Ok(None)]),
            (&[header], [Ok(Some("h")), Ok(None), Ok(Some("h"))]),
            (&[cookie], [Ok(None), Ok(Some("c")), Ok(Some("c"))]),
            (&[header, cookie], [Ok(Some("h")), Ok(Some("c")), Err(Malformed::HeaderAndCookie)]),
            (&[header, ("Cookie", "t=")], [Ok(Some("h")), Ok(None), Ok(Some("h"))]),
            (&[("Authorization", "Basic x"), cookie], [Ok(None), Ok(Some("c")), Ok(Some("c"))]),
            (&[("Authorization", "Bearer"), cookie], [Err(Malformed::Header), Ok(Some("c")), Err(Malformed::Header)]),
            (&[header, header], [Err(Malformed::SeveralHeaders), Ok(None), Err(Malformed::SeveralHeaders)]),
            (&[("X-Original-URI", "/?access_token=q")], [Ok(None), Ok(None), Ok(None)]),
        ] {
            let found = [&in_header, &in_cookie, &either].map(|source| find(source, headers));
            assert_eq!(found, expected, "{headers:?}");
        }
    }
}
