//! The request in the proxy's hand. Its method and host are not those of the question, unless the proxy asks with them.

use crate::request_head::RequestHead;

pub(super) struct AskedAbout<'q, R: ?Sized> {
    question: &'q R,
    /// Whether headers of the proxy name the method and the host.
    by_headers: bool,
}

impl<'q, R: ?Sized> AskedAbout<'q, R> {
    pub(super) fn told_by_headers(question: &'q R) -> Self {
        Self { question, by_headers: true }
    }

    pub(super) fn as_it_is(question: &'q R) -> Self {
        Self { question, by_headers: false }
    }
}

impl<R: RequestHead + ?Sized> RequestHead for AskedAbout<'_, R> {
    fn method(&self) -> Option<&str> {
        if !self.by_headers {
            return self.question.method();
        }
        let method = agreed(self.question.named("x-forwarded-method"), self.question.named("x-original-method"));
        std::str::from_utf8(method?).ok()
    }

    fn authorization(&self) -> impl Iterator<Item = &[u8]> {
        self.question.authorization()
    }

    fn cookie(&self) -> impl Iterator<Item = &[u8]> {
        self.question.cookie()
    }

    fn named<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h [u8]> {
        let told = self.by_headers && name == "host";
        let host = told.then(|| {
            let urls = self.question.named("x-original-url");
            agreed(self.question.named("x-forwarded-host"), urls.map(|url| authority(url).unwrap_or_default()))
        });
        let others = (!told).then(|| self.question.named(name));
        host.flatten().into_iter().chain(others.into_iter().flatten())
    }
}

/// The one value that two headers give; `None` if neither is there, one is there twice, or they differ.
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

/// Host and port of an absolute URL (RFC 3986 section 3.2).
fn authority(url: &[u8]) -> Option<&[u8]> {
    let start = url.windows(3).position(|part| part == b"://")?;
    let rest = url.get(start + 3..)?;
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    rest.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<'h>(headers: &'h [(&'h str, &'h str)]) -> (Option<String>, Option<String>) {
        let question = AskedAbout::told_by_headers(headers);
        let host = question.named("host").next().map(|host| String::from_utf8_lossy(host).into_owned());
        (question.method().map(str::to_owned), host)
    }

    #[test]
    fn proxies_name_the_request_in_either_way() {
        let told_as = |method: &str, host: &str| (Some(method.to_owned()), Some(host.to_owned()));
        let (method, host) = (("X-Forwarded-Method", "POST"), ("X-Forwarded-Host", "shop.example"));
        let (original, url) = (("X-Original-Method", "POST"), ("X-Original-URL", "https://shop.example/cart?a=//b"));
        assert_eq!(told(&[method, host]), told_as("POST", "shop.example"));
        assert_eq!(told(&[original, url]), told_as("POST", "shop.example"));
        assert_eq!(told(&[method, host, original, url]), told_as("POST", "shop.example"));
        assert_eq!(told(&[("x-original-url", "https://shop.example:8443")]).1.as_deref(), Some("shop.example:8443"));
        // Headers that differ, or come twice, tell nothing.
        assert_eq!(told(&[("X-Forwarded-Method", "GET"), original]).0, None);
        assert_eq!(told(&[method, method]).0, None);
        assert_eq!(told(&[("X-Forwarded-Host", "evil.example"), url]).1, None);
        assert_eq!(told(&[("X-Original-URL", "/cart")]).1.as_deref(), Some(""));
        assert_eq!(told(&[("X-Original-URL", "/cart"), host]).1, None);
        assert_eq!(told(&[("Host", "gate.internal")]), (None, None), "the question's own host is the gate's");
    }
}
