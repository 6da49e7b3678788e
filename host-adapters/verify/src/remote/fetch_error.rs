//! Why keys could not be fetched: what went wrong, and where.

use crate::remote::{FetchFault, foreign_text};
use std::fmt;

/// Why a key set could not be fetched: the fault, and the address and the proxy that it happened at.
///
/// Its text is made for logs: it holds no secret of the settings, and what the other side sent is in it only where it
/// helps, shortened and escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchError {
    fault: FetchFault,
    address: Option<Box<str>>,
    proxy: Option<Box<str>>,
}

impl FetchError {
    /// Returns what went wrong.
    pub fn fault(&self) -> &FetchFault {
        &self.fault
    }

    /// Returns the address that it happened at, without user name and query; `None` for faults of settings.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// Returns the proxy that was in between, without user name and password.
    pub fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    /// Says where it happened, unless that is known already.
    pub(crate) fn at(mut self, url: &str) -> Self {
        self.address.get_or_insert_with(|| foreign_text::address(url).into());
        self
    }

    /// Says which proxy was in between.
    pub(crate) fn through(mut self, proxy: Option<&str>) -> Self {
        self.proxy = proxy.map(Box::from);
        self
    }
}

impl From<FetchFault> for FetchError {
    fn from(fault: FetchFault) -> Self {
        Self { fault, address: None, proxy: None }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.address, &self.proxy) {
            (None, _) => {}
            (Some(address), None) => write!(f, "{address}: ")?,
            (Some(address), Some(proxy)) => write!(f, "{address} through the proxy {proxy}: ")?,
        }
        self.fault.fmt(f)
    }
}

impl std::error::Error for FetchError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KeyReader;
    use std::io;

    #[test]
    fn what_came_is_shortened_and_escaped() {
        for document in [
            format!(r#"{{"keys":[{{"kty":"EC","crv":"P-521","kid":"\u001b[2J{}"}}]}}"#, "k".repeat(10_000)),
            format!("-----BEGIN \u{1b}[2J{0}-----\nAA==\n-----END \u{1b}[2J{0}-----\n", "K".repeat(10_000)),
            "\u{1b}[2J".to_owned(),
        ] {
            let error = KeyReader::new().parse(document.as_bytes()).unwrap_err();
            let content_type = Some("application/json".to_owned());
            let error = FetchError::from(FetchFault::NotKeys { error, content_type }).at("https://id.example/k?secret");
            let text = error.to_string();
            assert!(text.len() < 1500 && !text.chars().any(char::is_control), "{text}");
            assert!(text.starts_with("https://id.example/k: The answer (200, application/json) "), "{text}");
        }
    }

    #[test]
    fn the_place_stands_before_the_fault() {
        let refused = FetchError::from(FetchFault::Connection(io::ErrorKind::ConnectionRefused));
        assert_eq!(refused.to_string(), "There is no connection: connection refused.");
        let refused =
            refused.at("https://id.example/k").at("https://other.example/").through(Some("http://proxy:3128"));
        assert_eq!(
            refused.to_string(),
            "https://id.example/k through the proxy http://proxy:3128: There is no connection: connection refused."
        );
        assert_eq!((refused.address(), refused.proxy()), (Some("https://id.example/k"), Some("http://proxy:3128")));
    }
}
