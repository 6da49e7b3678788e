//! Tokens whose signature was verified, before and after the validation of their claims.

use crate::Refusal;
use crate::claims::{Audience, Claims, validate};
use crate::clock::UnixSeconds;
use crate::header::Header;
use crate::json::{NameSlot, NumericDate, Text, Value};
use crate::policy::Policy;
use core::fmt;
use core::ops::Range;

/// A token whose signature was verified. Its payload can be anything, and its claims are not validated.
#[derive(Clone, Copy)]
pub struct SignatureVerified<'r> {
    header: Header<'r>,
    payload: &'r [u8],
    /// The offset of the payload in the memory that the token was decoded in. The header's is 0.
    payload_start: usize,
}

/// The ranges of a token's parts in the memory that it was decoded in, for a caller that keeps this memory.
///
/// The ranges of strings are those between the quotes, as they are written: possibly with escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRanges {
    /// The header as JSON.
    pub header: Range<usize>,
    /// The claims set as JSON.
    pub payload: Range<usize>,
    /// `kid`.
    pub key_id: Option<Range<usize>>,
    /// `iss`.
    pub issuer: Option<Range<usize>>,
    /// `sub`.
    pub subject: Option<Range<usize>>,
    /// `jti`.
    pub token_id: Option<Range<usize>>,
}

impl<'r> SignatureVerified<'r> {
    /// Called only after the keys accepted the signature.
    pub(super) const fn new(header: Header<'r>, payload: &'r [u8], payload_start: usize) -> Self {
        Self { header, payload, payload_start }
    }

    /// Returns the header.
    pub fn header(&self) -> &Header<'r> {
        &self.header
    }

    /// Returns the bytes of the payload.
    pub fn payload(&self) -> &'r [u8] {
        self.payload
    }

    /// Validates the payload as a claims set.
    ///
    /// # Errors
    /// Any [`Refusal`] of the classes payload, claim and time, and those of [`Limits`](crate::Limits).
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn validate(self, policy: &Policy<'_>, now: impl Into<Option<UnixSeconds>>) -> Result<Verified<'r>, Refusal> {
        let mut claims = Claims::unread(self.payload);
        claims.fill(&policy.limits)?;
        self.validate_claims(claims, policy, now.into())
    }

    /// Validates the payload as [`validate`](Self::validate) does, with memory for more than
    /// [`MEMBERS_WITHOUT_SLOTS`](crate::MEMBERS_WITHOUT_SLOTS) members: up to the policy's limit, one per slot.
    ///
    /// Few tokens have so many members. Provide slots only after [`validate`](Self::validate) returned
    /// [`Refusal::TooManyMembers`]. One slot for each five bytes of the payload is always enough.
    ///
    /// # Errors
    /// As [`validate`](Self::validate).
    pub fn validate_with_slots(
        self,
        policy: &Policy<'_>,
        now: impl Into<Option<UnixSeconds>>,
        slots: &mut [NameSlot],
    ) -> Result<Verified<'r>, Refusal> {
        let mut claims = Claims::unread(self.payload);
        claims.fill_with_slots(&policy.limits, slots)?;
        self.validate_claims(claims, policy, now.into())
    }

    #[inline(always)]
    fn validate_claims(
        self,
        claims: Claims<'r>,
        policy: &Policy<'_>,
        now: Option<UnixSeconds>,
    ) -> Result<Verified<'r>, Refusal> {
        validate(&self.header, &claims, policy, now)?;
        Ok(Verified { token: self, claims, leeway: policy.leeway, maximum_age: policy.maximum_age, validated_at: now })
    }
}

/// A token whose signature was verified and whose claims the policy accepts. Only verification creates one.
#[derive(Clone, Copy)]
pub struct Verified<'r> {
    token: SignatureVerified<'r>,
    claims: Claims<'r>,
    leeway: u64,
    maximum_age: Option<u64>,
    validated_at: Option<UnixSeconds>,
}

impl<'r> Verified<'r> {
    /// Returns the header.
    pub fn header(&self) -> &Header<'r> {
        &self.token.header
    }

    /// Returns the claims set as JSON.
    pub fn payload(&self) -> &'r [u8] {
        self.token.payload
    }

    /// Returns `iss`, the issuer.
    pub fn issuer(&self) -> Option<Text<'r>> {
        self.claims.issuer().present()
    }

    /// Returns `sub`, the subject.
    pub fn subject(&self) -> Option<Text<'r>> {
        self.claims.subject().present()
    }

    /// Returns `aud`, the audience. An empty array gives an [`Audience`] without members.
    pub fn audience(&self) -> Option<Audience<'r>> {
        self.claims.audience().present()
    }

    /// Returns `exp`: the token has expired from this time on.
    pub fn expires_at(&self) -> Option<NumericDate> {
        self.claims.expires_at().present()
    }

    /// Returns `nbf`: the token is not valid before this time.
    pub fn not_before(&self) -> Option<NumericDate> {
        self.claims.not_before().present()
    }

    /// Returns `iat`, the time of issue.
    pub fn issued_at(&self) -> Option<NumericDate> {
        self.claims.issued_at().present()
    }

    /// Returns `jti`, the identifier of the token.
    pub fn token_id(&self) -> Option<Text<'r>> {
        self.claims.token_id().present()
    }

    /// Returns a claim by its name. Each call reads the claims again; use a struct for several claims.
    pub fn claim(&self, name: &str) -> Option<Value<'r>> {
        crate::claims::member(self.token.payload, name)
    }

    /// Deserializes the claims into the caller's struct.
    ///
    /// Claims without a field in `T` are skipped. A string without escapes can be a `&str` that borrows from the token. A
    /// string with escapes is unescaped through 256 bytes of stack and needs an owned type such as `heapless::String`. See
    /// [`claims_with`](Self::claims_with) for longer strings.
    ///
    /// # Errors
    /// [`Refusal::ClaimsUnfit`] if the claims do not fit `T`.
    #[cfg(feature = "serde")]
    pub fn claims<T: serde::Deserialize<'r>>(&self) -> Result<T, Refusal> {
        self.claims_with(&mut [0; 256])
    }

    /// Deserializes the claims into the caller's struct, with the caller's buffer for the longest string with escapes.
    ///
    /// # Errors
    /// [`Refusal::ClaimsUnfit`] if the claims do not fit `T`, or a string with escapes does not fit the buffer.
    #[cfg(feature = "serde")]
    pub fn claims_with<T: serde::Deserialize<'r>>(&self, unescape: &mut [u8]) -> Result<T, Refusal> {
        crate::claims::deserialize(self.token.payload, unescape)
    }

    /// Returns the ranges of the token's parts in the memory that it was decoded in: the scratch memory of
    /// [`Verifier::verify`](crate::Verifier::verify), or the token's own buffer.
    pub fn ranges(&self) -> TokenRanges {
        let start = self.token.payload_start;
        let [issuer, subject, token_id] =
            self.claims.string_ranges().map(|range| range.map(|range| start + range.start..start + range.end));
        TokenRanges {
            header: 0..self.token.header.json().len(),
            payload: start..start + self.token.payload.len(),
            key_id: self.token.header.key_id_range(),
            issuer,
            subject,
            token_id,
        }
    }

    /// Returns the time at which the claims were validated.
    pub fn validated_at(&self) -> Option<UnixSeconds> {
        self.validated_at
    }

    /// Returns the first second in which the policy accepts the token, including the leeway.
    pub fn acceptable_from(&self) -> UnixSeconds {
        let not_before = self.not_before().map_or(0, NumericDate::floor);
        let start = not_before.max(self.issued_at().map_or(0, NumericDate::floor));
        UnixSeconds(u64::try_from(start).unwrap_or(0).saturating_sub(self.leeway))
    }

    /// Returns the last second in which the policy accepts the token, including the leeway; `None` if it never expires.
    pub fn acceptable_until(&self) -> Option<UnixSeconds> {
        let end = i128::from(self.end()?) + i128::from(self.leeway) - 1;
        Some(UnixSeconds(u64::try_from(end.max(0)).unwrap_or(u64::MAX)))
    }

    /// Returns the time from which the token is refused, without the leeway: `exp`, or `iat` plus the maximum age.
    pub(crate) fn end(&self) -> Option<i64> {
        let expires_at = self.expires_at().map(|date| date.floor());
        let too_old = self.maximum_age.zip(self.issued_at()).map(|(age, issued_at)| {
            // A token of exactly the maximum age is still accepted.
            issued_at.floor().saturating_add_unsigned(age).saturating_add(1)
        });
        match (expires_at, too_old) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }
}

/// Shows the header and the length of the payload. The payload can contain personal data, which must not be logged.
impl fmt::Debug for SignatureVerified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureVerified")
            .field("header", &self.header)
            .field("payload_bytes", &self.payload.len())
            .finish()
    }
}

/// Shows no claims except the dates.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("header", &self.token.header)
            .field("expires_at", &self.expires_at())
            .field("validated_at", &self.validated_at)
            .finish_non_exhaustive()
    }
}
