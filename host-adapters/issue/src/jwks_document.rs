//! The JWKS document (RFC 7517 §5) and its cache lifetime.

use std::time::Duration;

/// The public keys that an issuer publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwksDocument {
    json: String,
    max_age: Duration,
}

impl JwksDocument {
    /// The media type of the document (RFC 7517 §8.5.2).
    pub const CONTENT_TYPE: &'static str = "application/jwk-set+json";

    pub(crate) fn of<'k>(public: impl Iterator<Item = &'k str>, max_age: Duration) -> Self {
        let keys: Vec<_> = public.collect();
        Self { json: format!("{{\"keys\":[{}]}}", keys.join(",")), max_age }
    }

    /// Returns the document.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// Returns how long a copy may be cached.
    pub fn max_age(&self) -> Duration {
        self.max_age
    }

    /// Returns the value of the response header `Cache-Control` (RFC 9111 §5.2.2).
    ///
    /// ```
    /// use glowband_issue::{IssuerKeys, RotationSchedule, UnixSeconds};
    ///
    /// let keys = IssuerKeys::new(Vec::new(), RotationSchedule::default(), UnixSeconds(1_700_000_000))?;
    /// assert_eq!(keys.jwks(UnixSeconds(1_700_000_000)).cache_control(), "public, max-age=3600");
    /// # Ok::<(), glowband_issue::IssuerKeysError>(())
    /// ```
    pub fn cache_control(&self) -> String {
        format!("public, max-age={}", self.max_age.as_secs())
    }
}
