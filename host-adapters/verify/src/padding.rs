//! Tokens whose segments are padded with `=`, which RFC 7515 §2 forbids and load balancers of AWS write.

use glowband_core::{
    Algorithm, KeyEntry, KeySource, Limits, Refusal, SignatureCheck, SignatureMismatch, SignatureVerified,
    SignatureVerifier,
};

/// Returns true if a segment ends with `=`, for which a token is refused with `5 base64_invalid`.
pub fn is_padded(token: &[u8]) -> bool {
    token.split(|byte| *byte == b'.').any(|segment| segment.last() == Some(&b'='))
}

/// Returns the token without its padding; `None` for an `=` at a wrong place (RFC 4648 §4).
pub(crate) fn without_padding(token: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(token.len());
    for (index, segment) in token.split(|byte| *byte == b'.').enumerate() {
        if index > 0 {
            plain.push(b'.');
        }
        let padding = segment.iter().rev().take_while(|byte| **byte == b'=').count();
        let text = segment.get(..segment.len() - padding)?;
        if padding > 2 || padding > 0 && segment.len() % 4 != 0 || text.contains(&b'=') {
            return None;
        }
        plain.extend_from_slice(text);
    }
    Some(plain)
}

/// Verifies the signature of a padded token. The segments are decoded without their padding; the signature covers the bytes
/// that were sent, including the padding.
///
/// # Errors
/// Those of the core for a token without padding; [`Refusal::Base64Invalid`] for `=` anywhere but at a segment's end.
pub(crate) fn verify<'r, K: KeySource + ?Sized>(
    keys: &K,
    token: &[u8],
    limits: &Limits,
    scratch: &'r mut [u8],
) -> Result<SignatureVerified<'r>, Refusal> {
    if token.len() > limits.token_limit() {
        return Err(Refusal::TokenTooLong);
    }
    let plain = without_padding(token).ok_or(Refusal::Base64Invalid)?;
    let signed_end = token.iter().rposition(|byte| *byte == b'.').unwrap_or(0);
    let signed = token.get(..signed_end).unwrap_or_default();
    let keys = AsSent::new(keys, signed);
    SignatureVerifier::new(&keys).limits(*limits).verify(&plain, scratch)
}

/// Keys that verify a signature of the bytes that were sent.
struct AsSent<'k> {
    keys: Vec<(Option<&'k [u8]>, KeyOverSent<'k>)>,
}

struct KeyOverSent<'k> {
    key: &'k (dyn SignatureCheck + Sync),
    signed: &'k [u8],
}

impl<'k> AsSent<'k> {
    fn new<K: KeySource + ?Sized>(keys: &'k K, signed: &'k [u8]) -> Self {
        let entries = (0..).map_while(|index| keys.entry(index));
        Self { keys: entries.map(|entry| (entry.kid, KeyOverSent { key: entry.key, signed })).collect() }
    }
}

impl KeySource for AsSent<'_> {
    fn entry(&self, index: usize) -> Option<KeyEntry<'_>> {
        let (kid, key) = self.keys.get(index)?;
        Some(KeyEntry { kid: *kid, key })
    }
}

impl SignatureCheck for KeyOverSent<'_> {
    fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    fn check(&self, _unpadded: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        self.key.check(self.signed, signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_taken_off_where_base64_puts_it() {
        for (token, plain) in [
            ("aa==.bbb=.cccc", "aa.bbb.cccc"),
            ("aaaa.bbbb.cccc", "aaaa.bbbb.cccc"),
            ("aa.bb==.cc", "aa.bb.cc"),
            ("aa==..", "aa.."),
        ] {
            assert_eq!(without_padding(token.as_bytes()).as_deref(), Some(plain.as_bytes()), "{token}");
        }
        for token in ["a=a.b.c", "aaa==.b.c", "a===.b.c", "aaaa=.b.c", "====.b.c", "=.b.c", "aa=.bb.cc", "aa=a=.b.c"] {
            assert_eq!(without_padding(token.as_bytes()), None, "{token}");
        }
    }

    #[test]
    fn padding_is_seen_at_the_end_of_a_segment() {
        for token in ["aa==.b.c", "a.b=.c", "a.b.c="] {
            assert!(is_padded(token.as_bytes()), "{token}");
        }
        for token in ["a.b.c", "", "a=b.c.d", "=a.b.c"] {
            assert!(!is_padded(token.as_bytes()), "{token}");
        }
    }
}
