//! Requests that a browser sends on behalf of another site: they bring the user's cookies, and not the user's wish.

use crate::request_head::RequestHead;

/// Whether a request whose token stands in a cookie may be another site's doing.
///
/// Methods that change nothing (RFC 9110 §9.2.1) are let through: a link from elsewhere is one. All others have to come
/// from this origin, or from one of `allowed`, by what the browser says: `Sec-Fetch-Site`, or `Origin` where it does not
/// know that. What says neither is no browser of today, and is not let through.
pub(crate) fn is_foreign<R: RequestHead + ?Sized>(request: &R, allowed: &[Box<str>]) -> bool {
    if matches!(request.method(), Some("GET" | "HEAD" | "OPTIONS" | "TRACE")) {
        return false;
    }
    let origin = only(request.named("origin"));
    if origin.is_some_and(|origin| allowed.iter().any(|own| own.as_bytes() == origin)) {
        return false;
    }
    match only(request.named("sec-fetch-site")) {
        // `none`: the user's own doing, such as an address typed in.
        Some(site) => !matches!(site, b"same-origin" | b"none"),
        None => !origin.is_some_and(|origin| is_host(origin, only(request.named("host")))),
    }
}

/// The one value; several are as good as none.
fn only<'h>(mut values: impl Iterator<Item = &'h [u8]>) -> Option<&'h [u8]> {
    let first = values.next()?;
    if values.next().is_some() { None } else { Some(first) }
}

/// Whether an origin (RFC 6454 §7) names this host and port.
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
    fn only_this_origin_and_those_allowed_may_change_something() {
        let allowed = ["https://app.example".into()];
        let (host, own) = (("Host", "api.example"), ("Origin", "https://api.example"));
        for (headers, foreign) in [
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
                assert_eq!(is_foreign(&Post(method, headers), &allowed), foreign, "{method} {headers:?}");
            }
            assert!(!is_foreign(&Post("GET", headers), &allowed) && !is_foreign(&Post("HEAD", headers), &allowed));
            assert_eq!(is_foreign(headers, &allowed), foreign, "a method that is not known may be any");
        }
    }
}
