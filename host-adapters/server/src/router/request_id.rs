//! The id of a request, which connects the log lines of several services.

use axum::http::HeaderMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const HEADER: &str = "x-request-id";

/// Generates request ids that are unique, also across processes.
#[derive(Debug)]
pub(super) struct RequestIds {
    process: u32,
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new() -> Self {
        // A random number per process. It may be predictable.
        let process = RandomState::new().hash_one(std::process::id());
        Self { process: (process >> 32) as u32, next: AtomicU64::new(1) }
    }

    /// Returns a new id.
    pub(super) fn make(&self) -> Arc<str> {
        format!("{:08x}-{:x}", self.process, self.next.fetch_add(1, Ordering::Relaxed)).into()
    }

    /// Returns the id from a trusted proxy if it is safe in a log line, and otherwise a new id.
    pub(super) fn taken(&self, headers: &HeaderMap) -> Arc<str> {
        let mut given = headers.get_all(HEADER).iter();
        let only = given.next().filter(|_| given.next().is_none()).and_then(|value| value.to_str().ok());
        let plain = |name: &&str| {
            (1..=128).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'='))
        };
        only.filter(plain).map_or_else(|| self.make(), Arc::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn names_differ() {
        let (one, other) = (RequestIds::new(), RequestIds::new());
        assert_ne!(one.make(), one.make());
        assert_ne!(one.make(), other.make());
    }

    #[test]
    fn only_a_plain_name_is_taken() {
        let ids = RequestIds::new();
        let taken = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(HEADER, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            ids.taken(&headers).to_string()
        };
        for name in ["a", "9f1c-42", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", &"x".repeat(128)] {
            assert_eq!(taken(&[name]), name);
        }
        for names in [&["a", "a"][..], &[""], &["a b"], &["a\u{9}"], &["é"], &["\"x\""], &[&"x".repeat(129)], &[]] {
            assert_ne!(taken(names), names.join(""));
            assert!(taken(names).contains('-'));
        }
    }
}
