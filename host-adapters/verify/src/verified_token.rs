//! A verified token that owns its claims and is cheap to clone.

use crate::limits::read_claims;
use crate::scopes::Scopes;
use glowband_core::{Algorithm, Limits, NumericDate, Refusal, Text, UnixSeconds, Verified};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A token whose signature was verified and whose claims the policy accepts, owned. Only a
/// [`HostVerifier`](crate::HostVerifier) creates one.
///
/// Clones share one allocation. `Debug` shows no claim except the expiry.
#[derive(Clone)]
pub struct VerifiedToken {
    facts: Arc<Facts>,
}

struct Facts {
    /// The decoded header and payload.
    scratch: Box<[u8]>,
    places: Places,
    scopes: OnceLock<Scopes>,
    bound: OnceLock<bool>,
}

/// What was read of a token, and the ranges of its parts in the scratch memory.
pub(crate) struct Places {
    header: Range<usize>,
    payload: Range<usize>,
    algorithm: Algorithm,
    key_id: Option<Words>,
    issuer: Option<Words>,
    subject: Option<Words>,
    token_id: Option<Words>,
    expires_at: Option<NumericDate>,
    acceptable_from: UnixSeconds,
    acceptable_until: Option<UnixSeconds>,
}

/// A string of the token: its range, or an unescaped copy if it is written with escapes.
enum Words {
    Within(Range<usize>),
    Unescaped(Box<str>),
}

impl Places {
    /// Reads what a verified token contains, and the ranges of its parts in the scratch memory.
    pub(crate) fn of(verified: &Verified<'_>) -> Self {
        let words = |text: Option<Text<'_>>, range: Option<Range<usize>>| {
            let (text, range) = text.zip(range)?;
            let plain = text.as_str().is_some();
            Some(if plain { Words::Within(range) } else { Words::Unescaped(text.to_string().into()) })
        };
        let ranges = verified.ranges();
        Self {
            header: ranges.header,
            payload: ranges.payload,
            algorithm: verified.header().algorithm(),
            key_id: words(verified.header().key_id(), ranges.key_id),
            issuer: words(verified.issuer(), ranges.issuer),
            subject: words(verified.subject(), ranges.subject),
            token_id: words(verified.token_id(), ranges.token_id),
            expires_at: verified.expires_at(),
            acceptable_from: verified.acceptable_from(),
            acceptable_until: verified.acceptable_until(),
        }
    }
}

impl VerifiedToken {
    pub(crate) fn new(scratch: Box<[u8]>, places: Places) -> Self {
        Self { facts: Arc::new(Facts { scratch, places, scopes: OnceLock::new(), bound: OnceLock::new() }) }
    }

    /// Returns `alg`, the algorithm of the token and of the key that verified it.
    pub fn algorithm(&self) -> Algorithm {
        self.facts.places.algorithm
    }

    /// Returns `kid`, the identifier of the key in the header.
    pub fn key_id(&self) -> Option<&str> {
        self.words(self.facts.places.key_id.as_ref())
    }

    /// Returns `iss`, the issuer.
    pub fn issuer(&self) -> Option<&str> {
        self.words(self.facts.places.issuer.as_ref())
    }

    /// Returns `sub`, the subject.
    pub fn subject(&self) -> Option<&str> {
        self.words(self.facts.places.subject.as_ref())
    }

    /// Returns `jti`, the identifier of the token.
    pub fn token_id(&self) -> Option<&str> {
        self.words(self.facts.places.token_id.as_ref())
    }

    /// Returns `aud`, the audience. Reads the claims again.
    pub fn audience(&self) -> Vec<String> {
        // The claims were read within the limits of the verifier before, so no limit is needed here.
        let claims = read_claims(self.payload(), &Limits::DEFAULT.member_count(u16::MAX)).ok();
        let audience = claims.and_then(|claims| claims.audience().present());
        audience.map(|audience| audience.iter().map(|text| text.to_string()).collect()).unwrap_or_default()
    }

    /// Returns `exp`: the token has expired from this time on.
    pub fn expires_at(&self) -> Option<NumericDate> {
        self.facts.places.expires_at
    }

    /// Returns the scopes of the token (RFC 8693 §4.2). They are read at the first call.
    pub fn scopes(&self) -> &Scopes {
        self.facts.scopes.get_or_init(|| Scopes::read(self.payload()))
    }

    /// Returns true if the token has a `cnf` (RFC 7800 §3.1): it is bound to a key, for example that of a DPoP proof
    /// (RFC 9449 §6) or of a client certificate (RFC 8705 §3.1). A client that sends it as a bearer does not prove
    /// possession of that key. The claim is read at the first call.
    pub fn is_bound(&self) -> bool {
        *self.facts.bound.get_or_init(|| confirms(self.payload()))
    }

    /// Deserializes the claims into the caller's struct, which may borrow from the token.
    ///
    /// # Errors
    /// [`Refusal::ClaimsUnfit`] if the claims do not fit `T`.
    pub fn claims<'t, T: Deserialize<'t>>(&'t self) -> Result<T, Refusal> {
        serde_json::from_slice(self.payload()).map_err(|_| Refusal::ClaimsUnfit)
    }

    /// Returns the claims set as JSON.
    pub fn payload(&self) -> &[u8] {
        self.part(&self.facts.places.payload)
    }

    /// Returns the header as JSON.
    pub fn header(&self) -> &[u8] {
        self.part(&self.facts.places.header)
    }

    /// Returns the first second in which the policy accepts the token, including the leeway.
    pub fn acceptable_from(&self) -> UnixSeconds {
        self.facts.places.acceptable_from
    }

    /// Returns the last second in which the policy accepts the token, including the leeway; `None` if it never expires.
    pub fn acceptable_until(&self) -> Option<UnixSeconds> {
        self.facts.places.acceptable_until
    }

    /// Returns how many bytes of memory this token occupies.
    pub(crate) fn footprint(&self) -> usize {
        size_of::<Facts>() + self.facts.scratch.len()
    }

    fn words<'t>(&'t self, words: Option<&'t Words>) -> Option<&'t str> {
        match words? {
            Words::Within(place) => std::str::from_utf8(self.part(place)).ok(),
            Words::Unescaped(text) => Some(text),
        }
    }

    fn part(&self, place: &Range<usize>) -> &[u8] {
        self.facts.scratch.get(place.clone()).unwrap_or_default()
    }
}

/// Returns true if a claims set has a `cnf` that is not null, or cannot be read.
fn confirms(claims: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Confirmation {
        cnf: Option<IgnoredAny>,
    }
    // The name can also be written with an escape. Most tokens contain neither and are not parsed again.
    let may_have = std::str::from_utf8(claims).map_or(true, |text| text.contains("\"cnf\"") || text.contains('\\'));
    may_have && serde_json::from_slice(claims).map_or(true, |claims: Confirmation| claims.cnf.is_some())
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("algorithm", &self.algorithm())
            .field("key_id", &self.key_id())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_of_any_kind_binds_a_token() {
        for claims in [
            r#"{"cnf":{"jkt":"a"}}"#,
            r#"{"cnf":{"x5t#S256":"a"}}"#,
            r#"{"sub":"a","cnf":{"jwk":{"kty":"EC"}}}"#,
            r#"{"cnf":{"kid":"a"}}"#,
            r#"{ "cnf" : {} }"#,
            r#"{"cnf":"a"}"#,
            r#"{"cnf":false}"#,
            r#"{"\u0063nf":{"jkt":"a"}}"#,
        ] {
            assert!(confirms(claims.as_bytes()), "{claims}");
        }
        for claims in [
            "{}",
            r#"{"cnf":null}"#,
            r#"{"sub":"cnf"}"#,
            r#"{"act":{"cnf":{"jkt":"a"}}}"#,
            r#"{"CNF":{"jkt":"a"}}"#,
            r#"{"sub":"a\\b"}"#,
        ] {
            assert!(!confirms(claims.as_bytes()), "{claims}");
        }
    }
}
