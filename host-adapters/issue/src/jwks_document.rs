//! The JWKS document (RFC 7517 §5), and how long others may keep it.

use std::time::Duration;

/// What an issuer publishes: public keys only.
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

    /// The document.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// How long a copy may be kept.
    pub fn max_age(&self) -> Duration {
        self.max_age
    }

    /// The value of the header `Cache-Control` to send it with (RFC 9111 §5.2.2).
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
