//! Between header and proof: the header is accepted, and a signature is there that its keys have yet to judge.

use crate::compact::Split;
use crate::header::Header;
use crate::keyring::{Candidates, KeySource};
use crate::limits::Limits;
use crate::verify::SignatureProven;
use crate::{Algorithm, Refusal, SignatureMismatch, base64url};
use core::fmt;

/// A header that names a supported algorithm and a key that is there; nothing is proven yet.
pub(crate) struct HeaderAccepted<'t> {
    pub(crate) header: Header<'t>,
    pub(crate) candidates: Candidates,
}

impl<'t> HeaderAccepted<'t> {
    pub(crate) fn new<K: KeySource + ?Sized>(json: &'t [u8], limits: &Limits, keys: &K) -> Result<Self, Refusal> {
        let header = Header::read(json, limits)?;
        let candidates = Candidates::select(keys, header.key_id(), header.algorithm())?;
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

/// A common mistake of signers gets its own name: ASN.1 instead of r ‖ s (RFC 7518 §3.4).
fn wrong_length(algorithm: Algorithm, signature: &[u8]) -> Refusal {
    let ecdsa = matches!(algorithm, Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512);
    match signature {
        // The length has a byte of its own in front where it is 128 or more, as with P-521.
        [0x30, 0x81, length @ 128..=255, rest @ ..] | [0x30, length, rest @ ..]
            if ecdsa && usize::from(*length) == rest.len() =>
        {
            Refusal::SignatureDer
        }
        _ => Refusal::SignatureLength,
    }
}

/// A token whose header is accepted and that brings a signature of the right length: nothing is proven, and no byte
/// of the payload has been decoded.
pub struct SignatureClaimed<'v, 't, 'r, K: ?Sized> {
    pub(crate) keys: &'v K,
    pub(crate) accepted: HeaderAccepted<'r>,
    pub(crate) token: &'t [u8],
    pub(crate) split: Split,
    /// Holds the signature, and later the payload.
    pub(crate) room: &'r mut [u8],
    pub(crate) signature_length: usize,
}

impl<'t, 'r, K: KeySource + ?Sized> SignatureClaimed<'_, 't, 'r, K> {
    /// Which entry of the keys has to judge the signature; `None` if several may.
    pub fn only_key(&self) -> Option<usize> {
        self.accepted.candidates.only()
    }

    /// What the signature is said to cover.
    pub fn signing_input(&self) -> &'t [u8] {
        self.split.signing_input(self.token)
    }

    /// The signature's bytes.
    pub fn signature(&self) -> &[u8] {
        self.room.get(..self.signature_length).unwrap_or_default()
    }

    /// Lets the keys judge the signature.
    ///
    /// # Errors
    /// [`Refusal::BadSignature`] and [`Refusal::TooManyKeys`]; [`Refusal::Base64Invalid`] for the payload.
    #[cfg_attr(not(target_os = "none"), inline)]
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn prove(self) -> Result<SignatureProven<'r>, Refusal> {
        self.accepted.candidates.check(self.keys, self.signing_input(), self.signature())?;
        self.proven()
    }

    /// Takes the verdict of [`only_key`](Self::only_key) on [`signature`](Self::signature) over
    /// [`signing_input`](Self::signing_input), where it was reached together with others. Without an only key the
    /// keys judge, as in [`prove`](Self::prove).
    ///
    /// This has the power of a [`SignatureCheck`](crate::SignatureCheck): who says `Ok` unseen accepts forgeries.
    ///
    /// # Errors
    /// As [`prove`](Self::prove).
    pub fn prove_by(self, verdict: Result<(), SignatureMismatch>) -> Result<SignatureProven<'r>, Refusal> {
        match (self.only_key(), verdict) {
            (None, _) => self.prove(),
            (Some(_), Ok(())) => self.proven(),
            (Some(_), Err(SignatureMismatch)) => Err(Refusal::BadSignature),
        }
    }

    fn proven(self) -> Result<SignatureProven<'r>, Refusal> {
        let payload = base64url::decode(self.split.payload(self.token), self.room);
        let payload = payload.map_err(|_| Refusal::Base64Invalid)?;
        Ok(SignatureProven::new(self.accepted.header, payload))
    }
}

/// Shows the header: what is not proven does not belong into a log.
impl<K: ?Sized> fmt::Debug for SignatureClaimed<'_, '_, '_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureClaimed").field("header", &self.accepted.header).finish_non_exhaustive()
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
