//! The client's request, read from the subrequest that a proxy sends about it.

use crate::request_head::RequestHead;

pub(super) struct OriginalRequest<'q, R: ?Sized> {
    pub(super) subrequest: &'q R,
    /// Whether the method and the host come from headers such as `X-Forwarded-Method`, not from the subrequest itself.
    pub(super) from_headers: bool,
}

impl<R: RequestHead + ?Sized> RequestHead for OriginalRequest<'_, R> {
    fn method(&self) -> Option<&str> {
        if !self.from_headers {
            return self.subrequest.method();
        }
        let method = agreed(self.subrequest.named("x-forwarded-method"), self.subrequest.named("x-original-method"));
        std::str::from_utf8(method?).ok()
    }

    fn authorization(&self) -> impl Iterator<Item = &[u8]> {
        self.subrequest.authorization()
    }

    fn cookie(&self) -> impl Iterator<Item = &[u8]> {
        self.subrequest.cookie()
    }

    fn named<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        let is_host = self.from_headers && name == "host";
        let host = is_host.then(|| {
            let urls = self.subrequest.named("x-original-url");
            agreed(self.subrequest.named("x-forwarded-host"), urls.map(|url| authority(url).unwrap_or_default()))
        });
        let others = (!is_host).then(|| self.subrequest.named(name));
        host.flatten().into_iter().chain(others.into_iter().flatten())
    }
}

/// Returns the value of two equivalent headers; `None` if both are missing, one occurs twice, or they differ.
fn agreed<'h>(mut one: impl Iterator<Item = &'h [u8]>, mut other: impl Iterator<Item = &'h [u8]>) -> Option<&'h [u8]> {
    let (first, second) = (one.next(), other.next());
    if one.next().is_some() || other.next().is_some() {
        return None;
    }
    match (first, second) {
        (Some(first), Some(second)) if first != second => None,
        (first, second) => first.or(second),
    }
}

/// Returns host and port of an absolute URL (RFC 3986 §3.2).
fn authority(url: &[u8]) -> Option<&[u8]> {
    let start = url.windows(3).position(|part| part == b"://")?;
    let rest = url.get(start + 3..)?;
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    rest.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse<'h>(headers: &'h [(&'h str, &'h str)]) -> (Option<String>, Option<String>) {
        let subrequest = OriginalRequest { subrequest: headers, from_headers: true };
        let host = subrequest.named("host").next().map(|host| String::from_utf8_lossy(host).into_owned());
        (subrequest.method().map(str::to_owned), host)
    }

    #[test]
    fn the_method_and_the_host_come_from_proxy_headers() {
        let parsed = |method: &str, host: &str| (Some(method.to_owned()), Some(host.to_owned()));
        let (method, host) = (("X-Forwarded-Method", "POST"), ("X-Forwarded-Host", "shop.example"));
        let (original, url) = (("X-Original-Method", "POST"), ("X-Original-URL", "https://shop.example/cart?a=//b"));
        assert_eq!(parse(&[method, host]), parsed("POST", "shop.example"));
        assert_eq!(parse(&[original, url]), parsed("POST", "shop.example"));
        assert_eq!(parse(&[method, host, original, url]), parsed("POST", "shop.example"));
        assert_eq!(parse(&[("x-original-url", "https://shop.example:8443")]).1.as_deref(), Some("shop.example:8443"));
        // Headers that differ or occur twice give no value.
        assert_eq!(parse(&[("X-Forwarded-Method", "GET"), original]).0, None);
        assert_eq!(parse(&[method, method]).0, None);
        assert_eq!(parse(&[("X-Forwarded-Host", "evil.example"), url]).1, None);
        assert_eq!(parse(&[("X-Original-URL", "/cart")]).1.as_deref(), Some(""));
        assert_eq!(parse(&[("X-Original-URL", "/cart"), host]).1, None);
        assert_eq!(parse(&[("Host", "gate.internal")]), (None, None), "this is the endpoint's host, not the client's");
    }
}
