//! A token before its signature is verified.

use super::verified::SignatureVerified;
use crate::compact::Split;
use crate::header::Header;
use crate::keyring::{Candidates, KeySource};
use crate::limits::Limits;
use crate::{Algorithm, Refusal, SignatureMismatch, base64url};
use core::fmt;

/// A header with a supported algorithm, and the keys that match it. Nothing is verified yet.
pub(crate) struct HeaderAccepted<'t> {
    pub(crate) header: Header<'t>,
    pub(crate) candidates: Candidates,
}

impl<'t> HeaderAccepted<'t> {
    pub(crate) fn new<K: KeySource + ?Sized>(json: &'t [u8], limits: &Limits, keys: &K) -> Result<Self, Refusal> {
        let header = Header::read(json, limits)?;
        let candidates = Candidates::select(keys, header.key_id(), header.algorithm(), limits.key_limit())?;
        Ok(Self { header, candidates })
    }
}

pub(crate) fn expect_length(algorithm: Algorithm, signature: &[u8]) -> Result<(), Refusal> {
    match algorithm.signature_length() {
        _ if signature.is_empty() => Err(Refusal::SignatureMissing),
        Some(length) if signature.len() != length => Err(wrong_length(algorithm, signature)),
        _ => Ok(()),
    }
}

/// Recognises a common mistake of signers: ASN.1 instead of r ‖ s (RFC 7518 §3.4).
fn wrong_length(algorithm: Algorithm, signature: &[u8]) -> Refusal {
    let ecdsa = matches!(algorithm, Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512);
    match signature {
        // A length of 128 or more, as with P-521, has the byte 0x81 before it.
        [0x30, 0x81, length @ 128..=255, rest @ ..] | [0x30, length, rest @ ..]
            if ecdsa && usize::from(*length) == rest.len() =>
        {
            Refusal::SignatureDer
        }
        _ => Refusal::SignatureLength,
    }
}

/// A token with an accepted header and a signature of the right length. The signature is not verified, and no byte of the
/// payload is decoded.
pub struct Unverified<'v, 't, 'r, K: ?Sized> {
    pub(crate) keys: &'v K,
    pub(crate) accepted: HeaderAccepted<'r>,
    pub(crate) token: &'t [u8],
    pub(crate) split: Split,
    /// Holds the signature, and later the payload.
    pub(crate) scratch: &'r mut [u8],
    pub(crate) signature_length: usize,
}

impl<'t, 'r, K: KeySource + ?Sized> Unverified<'_, 't, 'r, K> {
    /// Returns the index of the only key that can verify the signature; `None` if several can.
    pub fn only_key(&self) -> Option<usize> {
        self.accepted.candidates.only()
    }

    /// Returns the bytes that the signature covers.
    pub fn signing_input(&self) -> &'t [u8] {
        self.split.signing_input(self.token)
    }

    /// Returns the bytes of the signature.
    pub fn signature(&self) -> &[u8] {
        self.scratch.get(..self.signature_length).unwrap_or_default()
    }

    /// Verifies the signature with the keys.
    ///
    /// # Errors
    /// [`Refusal::BadSignature`] and [`Refusal::TooManyKeys`]; [`Refusal::Base64Invalid`] for the payload.
    #[cfg_attr(not(target_os = "none"), inline)]
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn verify_signature(self) -> Result<SignatureVerified<'r>, Refusal> {
        self.accepted.candidates.check(self.keys, self.signing_input(), self.signature())?;
        self.decoded()
    }

    /// Uses a verdict that the caller computed elsewhere: whether [`only_key`](Self::only_key) accepts
    /// [`signature`](Self::signature) of [`signing_input`](Self::signing_input). Without an only key the verdict is ignored
    /// and the keys verify the signature, as in [`verify_signature`](Self::verify_signature).
    ///
    /// The caller is trusted as a [`SignatureCheck`](crate::SignatureCheck) is: a wrong `Ok` accepts forgeries.
    ///
    /// # Errors
    /// As [`verify_signature`](Self::verify_signature).
    pub fn with_verdict(self, verdict: Result<(), SignatureMismatch>) -> Result<SignatureVerified<'r>, Refusal> {
        match (self.only_key(), verdict) {
            (None, _) => self.verify_signature(),
            (Some(_), Ok(())) => self.decoded(),
            (Some(_), Err(SignatureMismatch)) => Err(Refusal::BadSignature),
        }
    }

    fn decoded(self) -> Result<SignatureVerified<'r>, Refusal> {
        let payload = base64url::decode(self.split.payload(self.token), self.scratch);
        let payload = payload.map_err(|_| Refusal::Base64Invalid)?;
        // The payload follows the header in the scratch memory.
        let start = self.accepted.header.json().len();
        Ok(SignatureVerified::new(self.accepted.header, payload, start))
    }
}

/// Shows only the header: unverified content must not be logged.
impl<K: ?Sized> fmt::Debug for Unverified<'_, '_, '_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("header", &self.accepted.header).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_has_a_name_of_its_own_on_every_curve() {
        let der = |head: &[u8], length: usize| [head, &vec![1; length]].concat();
        for (algorithm, signature, refusal) in [
            (Algorithm::Es256, der(&[0x30, 70], 70), Refusal::SignatureDer),
            (Algorithm::Es384, der(&[0x30, 102], 102), Refusal::SignatureDer),
            (Algorithm::Es512, der(&[0x30, 0x81, 136], 136), Refusal::SignatureDer),
            (Algorithm::Es512, der(&[0x30, 127], 127), Refusal::SignatureDer),
            // Shorter than the form with a length of its own allows.
            (Algorithm::Es256, der(&[0x30, 0x81, 70], 70), Refusal::SignatureLength),
            (Algorithm::Es512, der(&[0x30, 0x81, 136], 135), Refusal::SignatureLength),
            (Algorithm::Hs512, der(&[0x30, 70], 70), Refusal::SignatureLength),
        ] {
            assert_eq!(expect_length(algorithm, &signature), Err(refusal), "{algorithm} {:?}", &signature[..3]);
        }
    }
}
