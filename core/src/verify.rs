//! The verifiers: a token is split, its header is read, its signature is verified, its claims are validated. Each step
//! consumes the value of the step before, and no claim is read before the signature is verified.

mod unverified;
mod verified;

pub use unverified::Unverified;
pub use verified::{SignatureVerified, TokenRanges, Verified};

use self::unverified::{HeaderAccepted, expect_length};
use crate::clock::UnixSeconds;
use crate::compact::Split;
use crate::header::Header;
use crate::keyring::KeySource;
use crate::limits::Limits;
use crate::policy::Policy;
use crate::{Refusal, base64url};

/// Verifies tokens: the signature with `keys`, the claims with `policy`.
///
/// One verifier serves any number of tokens. It has no state.
///
/// ```
/// use glowband_core::{Hs256Key, Policy, UnixSeconds, Verifier};
///
/// # const TOKEN: &[u8] = include_bytes!("../examples/door.jwt").trim_ascii();
/// let key = Hs256Key::new(b"an example secret of 32+ bytes..")?;
/// let policy = Policy::issuer("https://id.example").audience("door-42");
/// let mut scratch = [0; 512];
/// let verified = Verifier::new(&key, &policy).verify(TOKEN, UnixSeconds(1_700_000_000), &mut scratch)?;
/// assert_eq!(verified.subject().unwrap(), "alice");
/// # Ok::<(), glowband_core::Refusal>(())
/// ```
#[derive(Debug)]
pub struct Verifier<'v, K: ?Sized> {
    keys: &'v K,
    policy: &'v Policy<'v>,
}

impl<'v, K: KeySource + ?Sized> Verifier<'v, K> {
    /// Creates a verifier with one key, a slice of entries, a [`KeyRing`](crate::KeyRing), or any other [`KeySource`].
    pub const fn new(keys: &'v K, policy: &'v Policy<'v>) -> Self {
        Self { keys, policy }
    }

    /// Verifies a compact JWT, decoding into `scratch`, which needs [`scratch_needed`](crate::scratch_needed) bytes: at
    /// most ¾ of the token's length.
    ///
    /// `now` is a time, for example from a [`Clock`](crate::Clock), or `None` if the time is unknown.
    ///
    /// # Errors
    /// The first [`Refusal`] in the order form, header, key, signature, payload, claims, dates.
    pub fn verify<'r>(
        &self,
        token: &[u8],
        now: impl Into<Option<UnixSeconds>>,
        scratch: &'r mut [u8],
    ) -> Result<Verified<'r>, Refusal> {
        self.signatures().verify(token, scratch)?.validate(self.policy, now)
    }

    /// Verifies a compact JWT in its own buffer, which then holds the decoded header and payload.
    ///
    /// # Errors
    /// As [`verify`](Self::verify), but never [`Refusal::ScratchTooSmall`]. The buffer's content is then unspecified.
    pub fn verify_in_place<'t>(
        &self,
        token: &'t mut [u8],
        now: impl Into<Option<UnixSeconds>>,
    ) -> Result<Verified<'t>, Refusal> {
        self.signatures().verify_in_place(token)?.validate(self.policy, now)
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

/// Verifies only signatures, of payloads of any kind: a compact JWS (RFC 7515) without claims and dates.
#[derive(Debug)]
pub struct SignatureVerifier<'v, K: ?Sized> {
    keys: &'v K,
    limits: Limits,
}

impl<'v, K: KeySource + ?Sized> SignatureVerifier<'v, K> {
    /// Creates a verifier with these keys.
    pub const fn new(keys: &'v K) -> Self {
        Self { keys, limits: Limits::DEFAULT }
    }

    /// Limits the work that one token can cause.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Verifies the signature of a compact JWS, decoding into `scratch` as [`Verifier::verify`] does.
    ///
    /// # Errors
    /// Any [`Refusal`] of the classes form, header, key and signature, and [`Refusal::ScratchTooSmall`].
    pub fn verify<'r>(&self, token: &[u8], scratch: &'r mut [u8]) -> Result<SignatureVerified<'r>, Refusal> {
        self.parse(token, scratch)?.verify_signature()
    }

    /// Reads the header, selects the keys and decodes the signature, but does not verify it.
    ///
    /// A caller with several tokens can then verify their signatures together.
    ///
    /// # Errors
    /// As [`verify`](Self::verify), except [`Refusal::BadSignature`] and [`Refusal::TooManyKeys`].
    #[cfg_attr(not(target_os = "none"), inline)]
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn parse<'t, 'r>(&self, token: &'t [u8], scratch: &'r mut [u8]) -> Result<Unverified<'v, 't, 'r, K>, Refusal> {
        let split = Split::of(token, self.limits.token_limit())?;
        if scratch.len() < split.scratch_needed() {
            return Err(Refusal::ScratchTooSmall);
        }
        let header_length = base64url::decoded_length(split.header_end).ok_or(Refusal::Base64Invalid)?;
        let (header_scratch, scratch) = scratch.split_at_mut_checked(header_length).ok_or(Refusal::ScratchTooSmall)?;
        let json = base64url::decode(split.header(token), header_scratch).map_err(|_| Refusal::Base64Invalid)?;
        let accepted = HeaderAccepted::new(json, &self.limits, self.keys)?;
        // The signature is decoded to where the payload will be: it is not needed after it is verified.
        let signature = base64url::decode(split.signature(token), scratch).map_err(|_| Refusal::Base64Invalid)?;
        expect_length(accepted.header.algorithm(), signature)?;
        let signature_length = signature.len();
        Ok(Unverified { keys: self.keys, accepted, token, split, scratch, signature_length })
    }

    /// Verifies the signature of a compact JWS in its own buffer.
    ///
    /// # Errors
    /// As [`verify`](Self::verify), but never [`Refusal::ScratchTooSmall`]. The buffer's content is then unspecified.
    pub fn verify_in_place<'t>(&self, token: &'t mut [u8]) -> Result<SignatureVerified<'t>, Refusal> {
        let split = Split::of(token, self.limits.token_limit())?;
        let (signed, signature) = token.split_at_mut_checked(split.payload_end).ok_or(Refusal::SegmentCount)?;
        let header = signed.get_mut(..split.header_end).ok_or(Refusal::SegmentCount)?;
        let json = base64url::decode_in_place(header).map_err(|_| Refusal::Base64Invalid)?;
        let HeaderAccepted { header: accepted, candidates } = HeaderAccepted::new(json, &self.limits, self.keys)?;
        let algorithm = accepted.algorithm();
        // The signature covers the header as it was sent, so the original bytes are restored first.
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
        Ok(SignatureVerified::new(header, payload, split.header_end + 1))
    }
}

#[cfg(test)]
mod tests;
