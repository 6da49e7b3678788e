//! Detects cross-site requests: the browser attaches the user's cookies, but another site caused the request (CSRF).

use crate::request_head::RequestHead;

/// Returns whether another site may have caused a request that carries its token in a cookie.
///
/// Safe methods (RFC 9110 §9.2.1) are never cross-site here: links from other sites use them. All other methods must
/// come from this origin or from one in `allowed`. The browser states the origin in `Sec-Fetch-Site`, or in `Origin` if
/// it does not send that header. A request with neither header is treated as cross-site: all current browsers send one.
pub(crate) fn is_cross_site<R: RequestHead + ?Sized>(request: &R, allowed: &[Box<str>]) -> bool {
    if matches!(request.method(), Some("GET" | "HEAD" | "OPTIONS" | "TRACE")) {
        return false;
    }
    let origin = single(request.named("origin"));
    if origin.is_some_and(|origin| allowed.iter().any(|own| own.as_bytes() == origin)) {
        return false;
    }
    match single(request.named("sec-fetch-site")) {
        // `none`: the user caused the request, for example by typing the address.
        Some(site) => !matches!(site, b"same-origin" | b"none"),
        None => !origin.is_some_and(|origin| is_host(origin, single(request.named("host")))),
    }
}

/// Returns the value if there is exactly one.
fn single<'h>(mut values: impl Iterator<Item = &'h [u8]>) -> Option<&'h [u8]> {
    let first = values.next()?;
    if values.next().is_some() { None } else { Some(first) }
}

/// Returns whether an origin (RFC 6454 §7) names this host and port.
fn is_host(origin: &[u8], host: Option<&[u8]>) -> bool {
    let authority = origin.strip_prefix(b"https://").or_else(|| origin.strip_prefix(b"http://"));
    authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Post<'h>(&'h str, &'h [(&'h str, &'h str)]);

    impl RequestHead for Post<'_> {
        fn method(&self) -> Option<&str> {
            Some(self.0)
        }

        fn authorization(&self) -> impl Iterator<Item = &[u8]> {
            self.named("authorization")
        }

        fn cookie(&self) -> impl Iterator<Item = &[u8]> {
            self.named("cookie")
        }

        fn named<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
            self.1.named(name)
        }
    }

    #[test]
    fn only_this_origin_and_allowed_origins_may_use_unsafe_methods() {
        let allowed = ["https://app.example".into()];
        let (host, own) = (("Host", "api.example"), ("Origin", "https://api.example"));
        for (headers, cross_site) in [
            (&[host, ("Sec-Fetch-Site", "same-origin")][..], false),
            (&[host, ("Sec-Fetch-Site", "none")], false),
            (&[host, ("Sec-Fetch-Site", "same-site")], true),
            (&[host, ("Sec-Fetch-Site", "cross-site")], true),
            (&[host, ("Sec-Fetch-Site", "cross-site"), own], true),
            (&[host, ("Sec-Fetch-Site", "cross-site"), ("Origin", "https://app.example")], false),
            (&[host, own], false),
            (&[host, ("Origin", "HTTPS://api.example")], true),
            (&[host, ("Origin", "https://api.example.evil")], true),
            (&[host, ("Origin", "https://evil")], true),
            (&[host, ("Origin", "null")], true),
            (&[own], true),
            (&[host, own, own], true),
            (&[host], true),
            (&[], true),
        ] {
            for method in ["POST", "PUT", "PATCH", "DELETE", "get", "QUERY"] {
                assert_eq!(is_cross_site(&Post(method, headers), &allowed), cross_site, "{method} {headers:?}");
            }
            assert!(
                !is_cross_site(&Post("GET", headers), &allowed) && !is_cross_site(&Post("HEAD", headers), &allowed)
            );
            assert_eq!(is_cross_site(headers, &allowed), cross_site, "an unknown method may be an unsafe one");
        }
    }
}
