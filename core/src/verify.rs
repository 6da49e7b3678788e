//! The conductor: split → header accepted → signature claimed → signature proven → verified. Each stage is consumed by
//! the next, and no claim byte is read before the signature is proven.

use crate::claimed_signature::{HeaderAccepted, SignatureClaimed, expect_length};
use crate::claims::{Audience, Claims, judge};
use crate::clock::UnixSeconds;
use crate::compact::Split;
use crate::header::Header;
use crate::json::{NameSlot, NumericDate, Text, Value};
use crate::keyring::KeySource;
use crate::limits::Limits;
use crate::policy::Policy;
use crate::{Refusal, base64url};
use core::fmt;

/// Verifies tokens: signature by `keys`, claims by `policy`.
///
/// Borrow it once, use it for every token; it holds no state of its own.
///
/// ```
/// use glowband_core::{Hs256Key, Policy, UnixSeconds, Verifier};
///
/// # const TOKEN: &[u8] = include_bytes!("../examples/door.jwt").trim_ascii();
/// let key = Hs256Key::new(b"an example secret of 32+ bytes..")?;
/// let policy = Policy::expect("https://id.example", "door-42");
/// let mut room = [0; 512];
/// let verified = Verifier::new(&key, &policy).verify(TOKEN, UnixSeconds(1_700_000_000), &mut room)?;
/// assert_eq!(verified.subject().unwrap(), "alice");
/// # Ok::<(), glowband_core::Refusal>(())
/// ```
#[derive(Debug)]
pub struct Verifier<'v, K: ?Sized> {
    keys: &'v K,
    policy: &'v Policy<'v>,
}

impl<'v, K: KeySource + ?Sized> Verifier<'v, K> {
    /// A verifier over one key, a slice of entries, a [`KeyRing`](crate::KeyRing), or any other [`KeySource`].
    pub const fn new(keys: &'v K, policy: &'v Policy<'v>) -> Self {
        Self { keys, policy }
    }

    /// Verifies a compact JWT, decoding into `room`, which needs [`scratch_needed`](crate::scratch_needed) bytes: at
    /// most ¾ of the token's length.
    ///
    /// `now` is a time, or what a [`Clock`](crate::Clock) says; `None` if it is not known.
    ///
    /// # Errors
    /// The first [`Refusal`] in the order form, header, key, signature, payload, claims, dates.
    pub fn verify<'r>(
        &self,
        token: &[u8],
        now: impl Into<Option<UnixSeconds>>,
        room: &'r mut [u8],
    ) -> Result<Verified<'r>, Refusal> {
        self.signatures().verify(token, room)?.judge(self.policy, now)
    }

    /// Verifies a compact JWT in its own buffer, which afterwards holds the decoded header and payload.
    ///
    /// # Errors
    /// As [`verify`](Self::verify), but never [`Refusal::ScratchTooSmall`]. The buffer's content is then unspecified.
    pub fn verify_in_place<'t>(
        &self,
        token: &'t mut [u8],
        now: impl Into<Option<UnixSeconds>>,
    ) -> Result<Verified<'t>, Refusal> {
        self.signatures().verify_in_place(token)?.judge(self.policy, now)
    }

    fn signatures(&self) -> SignatureVerifier<'v, K> {
        SignatureVerifier { keys: self.keys, limits: self.policy.limits }
    }
}

impl<K: ?Sized> Clone for Verifier<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: ?Sized> Copy for Verifier<'_, K> {}

/// Verifies signatures alone, over payloads of any kind: a compact JWS (RFC 7515), no claims, no dates.
#[derive(Debug)]
pub struct SignatureVerifier<'v, K: ?Sized> {
    keys: &'v K,
    limits: Limits,
}

impl<'v, K: KeySource + ?Sized> SignatureVerifier<'v, K> {
    /// A verifier of signatures by these keys.
    pub const fn new(keys: &'v K) -> Self {
        Self { keys, limits: Limits::DEFAULT }
    }

    /// Sets how much work one token may cause.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Proves the signature of a compact JWS, decoding into `room` as [`Verifier::verify`] does.
    ///
    /// # Errors
    /// Any [`Refusal`] of the classes form, header, key and signature, and [`Refusal::ScratchTooSmall`].
    pub fn verify<'r>(&self, token: &[u8], room: &'r mut [u8]) -> Result<SignatureProven<'r>, Refusal> {
        self.accept(token, room)?.prove()
    }

    /// The first half of [`verify`](Self::verify): the header is accepted and a signature is there, nothing is proven.
    ///
    /// For whoever has several tokens in hand and can check their signatures together.
    ///
    /// # Errors
    /// As [`verify`](Self::verify), but for [`Refusal::BadSignature`] and [`Refusal::TooManyKeys`].
    #[cfg_attr(not(target_os = "none"), inline)]
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn accept<'t, 'r>(
        &self,
        token: &'t [u8],
        room: &'r mut [u8],
    ) -> Result<SignatureClaimed<'v, 't, 'r, K>, Refusal> {
        let split = Split::of(token, self.limits.token_limit())?;
        if room.len() < split.scratch_needed() {
            return Err(Refusal::ScratchTooSmall);
        }
        let header_length = base64url::decoded_length(split.header_end).ok_or(Refusal::Base64Invalid)?;
        let (header_room, room) = room.split_at_mut_checked(header_length).ok_or(Refusal::ScratchTooSmall)?;
        let json = base64url::decode(split.header(token), header_room).map_err(|_| Refusal::Base64Invalid)?;
        let accepted = HeaderAccepted::new(json, &self.limits, self.keys)?;
        // The signature lies where the payload will: it is not needed once it is proven.
        let signature = base64url::decode(split.signature(token), room).map_err(|_| Refusal::Base64Invalid)?;
        expect_length(accepted.header.algorithm(), signature)?;
        let signature_length = signature.len();
        Ok(SignatureClaimed { keys: self.keys, accepted, token, split, room, signature_length })
    }

    /// Proves the signature of a compact JWS in its own buffer.
    ///
    /// # Errors
    /// As [`verify`](Self::verify), but never [`Refusal::ScratchTooSmall`]. The buffer's content is then unspecified.
    pub fn verify_in_place<'t>(&self, token: &'t mut [u8]) -> Result<SignatureProven<'t>, Refusal> {
        let split = Split::of(token, self.limits.token_limit())?;
        let (signed, signature) = token.split_at_mut_checked(split.payload_end).ok_or(Refusal::SegmentCount)?;
        let header = signed.get_mut(..split.header_end).ok_or(Refusal::SegmentCount)?;
        let json = base64url::decode_in_place(header).map_err(|_| Refusal::Base64Invalid)?;
        let HeaderAccepted { header: accepted, candidates } = HeaderAccepted::new(json, &self.limits, self.keys)?;
        let algorithm = accepted.algorithm();
        // The signature covers the header as it arrived, so it is put back before it is judged.
        base64url::restore_in_place(header);
        let signature = signature.get_mut(1..).unwrap_or_default();
        let signature = base64url::decode_in_place(signature).map_err(|_| Refusal::Base64Invalid)?;
        expect_length(algorithm, signature)?;
        candidates.check(self.keys, signed, signature)?;
        let (header, payload) = signed.split_at_mut_checked(split.header_end).ok_or(Refusal::SegmentCount)?;
        let json = base64url::decode_in_place(header).map_err(|_| Refusal::Base64Invalid)?;
        let header = Header::read(json, &self.limits)?;
        let payload = payload.get_mut(1..).unwrap_or_default();
        let payload = base64url::decode_in_place(payload).map_err(|_| Refusal::Base64Invalid)?;
        Ok(SignatureProven { header, payload })
    }
}

/// A token whose signature is genuine. Its payload may be anything, and its claims are not judged.
#[derive(Clone, Copy)]
pub struct SignatureProven<'r> {
    header: Header<'r>,
    payload: &'r [u8],
}

impl<'r> SignatureProven<'r> {
    /// Only for who has let the keys judge the signature.
    pub(crate) const fn new(header: Header<'r>, payload: &'r [u8]) -> Self {
        Self { header, payload }
    }

    /// The header.
    pub fn header(&self) -> &Header<'r> {
        &self.header
    }

    /// The payload's bytes.
    pub fn payload(&self) -> &'r [u8] {
        self.payload
    }

    /// Judges the payload as a claims set.
    ///
    /// # Errors
    /// Any [`Refusal`] of the classes payload, claim and time, and those of [`Limits`].
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn judge(self, policy: &Policy<'_>, now: impl Into<Option<UnixSeconds>>) -> Result<Verified<'r>, Refusal> {
        let mut claims = Claims::unread(self.payload);
        claims.fill(&policy.limits)?;
        self.judge_claims(claims, policy, now.into())
    }

    /// Judges the payload as [`judge`](Self::judge) does, and takes as many members as the policy's limits allow and as
    /// there are slots for: more than [`MEMBERS_WITHOUT_SLOTS`](crate::MEMBERS_WITHOUT_SLOTS), if the caller lends so many.
    ///
    /// Few tokens have so many members. To spare the others, lend slots only when [`judge`](Self::judge) says
    /// [`Refusal::TooManyMembers`]; one slot for each five bytes of the payload is always enough.
    ///
    /// # Errors
    /// As [`judge`](Self::judge).
    pub fn judge_with_slots(
        self,
        policy: &Policy<'_>,
        now: impl Into<Option<UnixSeconds>>,
        slots: &mut [NameSlot],
    ) -> Result<Verified<'r>, Refusal> {
        let mut claims = Claims::unread(self.payload);
        claims.fill_with_slots(&policy.limits, slots)?;
        self.judge_claims(claims, policy, now.into())
    }

    #[inline(always)]
    fn judge_claims(
        self,
        claims: Claims<'r>,
        policy: &Policy<'_>,
        now: Option<UnixSeconds>,
    ) -> Result<Verified<'r>, Refusal> {
        judge(&self.header, &claims, policy, now)?;
        Ok(Verified { proven: self, claims, leeway: policy.leeway, maximum_age: policy.maximum_age, judged_at: now })
    }
}

/// A token whose signature is genuine and whose claims the policy accepts. There is no other way to get one.
#[derive(Clone, Copy)]
pub struct Verified<'r> {
    proven: SignatureProven<'r>,
    claims: Claims<'r>,
    leeway: u64,
    maximum_age: Option<u64>,
    judged_at: Option<UnixSeconds>,
}

impl<'r> Verified<'r> {
    /// The header.
    pub fn header(&self) -> &Header<'r> {
        &self.proven.header
    }

    /// The claims set as JSON.
    pub fn payload(&self) -> &'r [u8] {
        self.proven.payload
    }

    /// `iss`: who issued the token.
    pub fn issuer(&self) -> Option<Text<'r>> {
        self.claims.issuer().present()
    }

    /// `sub`: whom the token is about.
    pub fn subject(&self) -> Option<Text<'r>> {
        self.claims.subject().present()
    }

    /// `aud`: for whom the token is meant. An empty array gives an [`Audience`] without members.
    pub fn audience(&self) -> Option<Audience<'r>> {
        self.claims.audience().present()
    }

    /// `exp`: from when on the token is void.
    pub fn expires_at(&self) -> Option<NumericDate> {
        self.claims.expires_at().present()
    }

    /// `nbf`: before when the token was not valid.
    pub fn not_before(&self) -> Option<NumericDate> {
        self.claims.not_before().present()
    }

    /// `iat`: when the token was issued.
    pub fn issued_at(&self) -> Option<NumericDate> {
        self.claims.issued_at().present()
    }

    /// `jti`: the token's own name.
    pub fn token_id(&self) -> Option<Text<'r>> {
        self.claims.token_id().present()
    }

    /// Any claim by its name. Each call walks the claims once more; for several, use a struct.
    pub fn claim(&self, name: &str) -> Option<Value<'r>> {
        crate::claims::member(self.proven.payload, name)
    }

    /// All claims as the caller's own struct.
    ///
    /// Claims that `T` does not ask for are passed over unread. A string that is written without escapes fits `&str`, and
    /// is borrowed from the token. One with escapes is unescaped through 256 bytes of stack and fits owned types such as
    /// `heapless::String`. See [`claims_with`](Self::claims_with) for longer ones.
    ///
    /// # Errors
    /// [`Refusal::ClaimsUnfit`] if the claims do not fit `T`.
    #[cfg(feature = "serde")]
    pub fn claims<T: serde::Deserialize<'r>>(&self) -> Result<T, Refusal> {
        self.claims_with(&mut [0; 256])
    }

    /// All claims as the caller's own struct, with the caller's buffer for the longest escaped string that `T` asks for.
    ///
    /// # Errors
    /// [`Refusal::ClaimsUnfit`] if the claims do not fit `T`, or an escaped string that it asks for does not fit the
    /// buffer.
    #[cfg(feature = "serde")]
    pub fn claims_with<T: serde::Deserialize<'r>>(&self, unescape: &mut [u8]) -> Result<T, Refusal> {
        crate::claims::deserialize(self.proven.payload, unescape)
    }

    /// When the token was judged.
    pub fn judged_at(&self) -> Option<UnixSeconds> {
        self.judged_at
    }

    /// The first second in which the policy accepts the token, leeway included.
    pub fn acceptable_from(&self) -> UnixSeconds {
        let not_before = self.not_before().map_or(0, NumericDate::floor);
        let start = not_before.max(self.issued_at().map_or(0, NumericDate::floor));
        UnixSeconds(u64::try_from(start).unwrap_or(0).saturating_sub(self.leeway))
    }

    /// The last second in which the policy accepts the token, leeway included; `None` if it has no end.
    pub fn acceptable_until(&self) -> Option<UnixSeconds> {
        let end = i128::from(self.end()?) + i128::from(self.leeway) - 1;
        Some(UnixSeconds(u64::try_from(end.max(0)).unwrap_or(u64::MAX)))
    }

    /// From when on the token is void, leeway not counted: its `exp`, or its `iat` and the policy's maximum age.
    pub(crate) fn end(&self) -> Option<i64> {
        let expires_at = self.expires_at().map(|date| date.floor());
        let too_old = self.maximum_age.zip(self.issued_at()).map(|(age, issued_at)| {
            // The age itself is still accepted.
            issued_at.floor().saturating_add_unsigned(age).saturating_add(1)
        });
        match (expires_at, too_old) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }
}

/// Shows the header and how long the payload is: what a token says of people does not belong into a log.
impl fmt::Debug for SignatureProven<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureProven")
            .field("header", &self.header)
            .field("payload_bytes", &self.payload.len())
            .finish()
    }
}

/// Shows no claim but the dates.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("header", &self.proven.header)
            .field("expires_at", &self.expires_at())
            .field("judged_at", &self.judged_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
