//! What a verification leaves: the claims, owned, cheap to hand on.

use crate::limits::read_claims;
use crate::scopes::Scopes;
use glowband_core::{Algorithm, Limits, NumericDate, Refusal, Text, UnixSeconds, Verified};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A token whose signature is genuine and whose claims the policy accepts, owned. Only a
/// [`HostVerifier`](crate::HostVerifier) makes one.
///
/// Clones share one allocation. `Debug` shows no claim but the expiry.
#[derive(Clone)]
pub struct VerifiedToken {
    facts: Arc<Facts>,
}

struct Facts {
    /// The decoded header and payload, as the core left them.
    room: Box<[u8]>,
    places: Places,
    scopes: OnceLock<Scopes>,
    bound: OnceLock<bool>,
}

/// Where in the room everything stands, and what was read of it.
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

/// A string of the token: where it stands, or a copy where it is written with escapes.
enum Words {
    Within(Range<usize>),
    Unescaped(Box<str>),
}

impl Places {
    /// Notes where things stand in the room that was verified in; `room` is the address of its first byte.
    pub(crate) fn of(verified: &Verified<'_>, room: usize) -> Self {
        let words = |text: Text<'_>| match text.as_str() {
            Some(plain) => Words::Within(range(plain.as_bytes(), room)),
            None => Words::Unescaped(text.to_string().into()),
        };
        Self {
            header: range(verified.header().json(), room),
            payload: range(verified.payload(), room),
            algorithm: verified.header().algorithm(),
            key_id: verified.header().key_id().map(words),
            issuer: verified.issuer().map(words),
            subject: verified.subject().map(words),
            token_id: verified.token_id().map(words),
            expires_at: verified.expires_at(),
            acceptable_from: verified.acceptable_from(),
            acceptable_until: verified.acceptable_until(),
        }
    }
}

/// Where a part of the room begins and ends.
fn range(part: &[u8], room: usize) -> Range<usize> {
    let start = part.as_ptr().addr().wrapping_sub(room);
    start..start + part.len()
}

impl VerifiedToken {
    pub(crate) fn new(room: Box<[u8]>, places: Places) -> Self {
        Self { facts: Arc::new(Facts { room, places, scopes: OnceLock::new(), bound: OnceLock::new() }) }
    }

    /// `alg`: the algorithm, which is also the one of the key that verified the token.
    pub fn algorithm(&self) -> Algorithm {
        self.facts.places.algorithm
    }

    /// `kid`: which key the token asked for.
    pub fn key_id(&self) -> Option<&str> {
        self.words(self.facts.places.key_id.as_ref())
    }

    /// `iss`: who issued the token.
    pub fn issuer(&self) -> Option<&str> {
        self.words(self.facts.places.issuer.as_ref())
    }

    /// `sub`: whom the token is about.
    pub fn subject(&self) -> Option<&str> {
        self.words(self.facts.places.subject.as_ref())
    }

    /// `jti`: the token's own name.
    pub fn token_id(&self) -> Option<&str> {
        self.words(self.facts.places.token_id.as_ref())
    }

    /// `aud`: for whom the token is meant. Reads the claims anew.
    pub fn audience(&self) -> Vec<String> {
        // It was read within the verifier's limits before: here all that fits may be there.
        let claims = read_claims(self.payload(), &Limits::DEFAULT.member_count(u16::MAX)).ok();
        let audience = claims.and_then(|claims| claims.audience().present());
        audience.map(|audience| audience.iter().map(|text| text.to_string()).collect()).unwrap_or_default()
    }

    /// `exp`: from when on the token is void.
    pub fn expires_at(&self) -> Option<NumericDate> {
        self.facts.places.expires_at
    }

    /// What the token allows (RFC 8693 §4.2); read when it is first asked for.
    pub fn scopes(&self) -> &Scopes {
        self.facts.scopes.get_or_init(|| Scopes::read(self.payload()))
    }

    /// Whether the token has a `cnf` (RFC 7800 §3.1), and so is bound to a key: that of a DPoP proof (RFC 9449 §6) or of a
    /// client certificate (RFC 8705 §3.1) among others. Whoever sends it as a bearer does not prove possession of that
    /// key. Read when it is first asked for.
    pub fn is_bound(&self) -> bool {
        *self.facts.bound.get_or_init(|| confirms(self.payload()))
    }

    /// All claims as the caller's own struct; may borrow from the token.
    ///
    /// # Errors
    /// [`Refusal::ClaimsUnfit`] if the claims do not fit `T`.
    pub fn claims<'t, T: Deserialize<'t>>(&'t self) -> Result<T, Refusal> {
        serde_json::from_slice(self.payload()).map_err(|_| Refusal::ClaimsUnfit)
    }

    /// The claims set as JSON.
    pub fn payload(&self) -> &[u8] {
        self.part(&self.facts.places.payload)
    }

    /// The header as JSON.
    pub fn header(&self) -> &[u8] {
        self.part(&self.facts.places.header)
    }

    /// The first second in which the policy accepts the token, leeway included.
    pub fn acceptable_from(&self) -> UnixSeconds {
        self.facts.places.acceptable_from
    }

    /// The last second in which the policy accepts the token, leeway included; `None` if it has no end.
    pub fn acceptable_until(&self) -> Option<UnixSeconds> {
        self.facts.places.acceptable_until
    }

    /// Bytes that this token keeps in memory.
    pub(crate) fn footprint(&self) -> usize {
        size_of::<Facts>() + self.facts.room.len()
    }

    fn words<'t>(&'t self, words: Option<&'t Words>) -> Option<&'t str> {
        match words? {
            Words::Within(place) => std::str::from_utf8(self.part(place)).ok(),
            Words::Unescaped(text) => Some(text),
        }
    }

    fn part(&self, place: &Range<usize>) -> &[u8] {
        self.facts.room.get(place.clone()).unwrap_or_default()
    }
}

/// Whether a claims set has a `cnf` that is not null. One that cannot be read counts.
fn confirms(claims: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Confirmation {
        cnf: Option<IgnoredAny>,
    }
    // The name can also be written with an escape. Most tokens have neither, and need not be parsed again.
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
