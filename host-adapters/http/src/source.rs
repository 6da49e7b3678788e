//! Where in a request the token stands; never in the query (RFC 9700 §4.3.2).

use crate::bearer::{from_authorization, from_header};
use crate::cookie::from_cookies;
use crate::rejection::Malformed;
use crate::request_head::RequestHead;

/// Where a request may carry its token.
///
/// A cookie travels with requests that other sites cause. So a guard lets a token from one change something (any method
/// but `GET`, `HEAD`, `OPTIONS` and `TRACE`) only where the browser says that the request comes from this origin, or from
/// one of [`Guard::allow_origin`](crate::Guard::allow_origin). Set the cookie `HttpOnly`, `Secure` and `SameSite` besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TokenSource {
    /// The header `Authorization: Bearer …` alone; cookies are not looked at.
    #[default]
    Header,
    /// The cookie of this name alone; `Authorization` is not looked at.
    Cookie(Box<str>),
    /// Either of them, but not both in one request (RFC 6750 §2).
    HeaderOrCookie(Box<str>),
    /// The header of this name alone, with or without `Bearer` before the token: `Cf-Access-Jwt-Assertion`,
    /// `X-Goog-IAP-JWT-Assertion`, `X-Amzn-Oidc-Data`. `Authorization` and cookies are not looked at.
    ///
    /// Where a proxy makes this header out of a cookie, requests that other sites cause have it too.
    NamedHeader(Box<str>),
}

impl TokenSource {
    /// The token of a request; `None` if it brings none.
    ///
    /// # Errors
    /// What is wrong with the request's credentials, which is for the client to mend.
    pub fn find<'h, R: RequestHead + ?Sized>(&self, request: &'h R) -> Result<Option<&'h [u8]>, Malformed> {
        Ok(self.locate(request)?.map(|(token, _)| token))
    }

    /// The token, and in what it came.
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

/// In what a token came.
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
    fn a_named_header_is_the_only_one_looked_at() {
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
    fn each_setting_looks_where_it_says() {
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
