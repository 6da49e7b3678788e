//! HMAC with SHA-256 and a secret that RFC 7518 §3.2 forbids, for issuers that cannot be changed.

use aws_lc_rs::hmac;
use glowband_core::{Algorithm, Refusal, SignatureCheck, SignatureMismatch};
use std::fmt;

/// A secret for `HS256` of fewer than 32 bytes.
///
/// Whoever holds one token can try secrets at leisure, and a short one is found. Take the core's `Hs256Key` wherever
/// the issuer can be given a proper secret.
#[derive(Clone)]
pub struct ShortSecret {
    key: hmac::Key,
}

impl ShortSecret {
    /// A key from the secret's raw bytes, however few; never none.
    ///
    /// # Errors
    /// [`Refusal::SecretTooShort`] for an empty secret.
    pub fn danger_allow_short_secret(secret: &[u8]) -> Result<Self, Refusal> {
        if secret.is_empty() {
            return Err(Refusal::SecretTooShort);
        }
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret) })
    }
}

impl SignatureCheck for ShortSecret {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Hs256
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        hmac::verify(&self.key, signing_input, signature).map_err(|_| SignatureMismatch)
    }
}

impl fmt::Debug for ShortSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortSecret(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_verifies_what_it_made_and_nothing_else() {
        // Python's hmac.new(b"secret", b"a.b", "sha256").
        let tag = [
            0xb1, 0xb8, 0x7b, 0xf8, 0xe1, 0x86, 0x69, 0xf1, 0x84, 0xb4, 0x06, 0x1e, 0x1d, 0xea, 0x39, 0x00, 0xf5, 0x1e,
            0x8d, 0x77, 0x12, 0x26, 0x34, 0xa0, 0xa4, 0xc9, 0x09, 0x51, 0x14, 0x5b, 0x0e, 0xe0,
        ];
        let key = ShortSecret::danger_allow_short_secret(b"secret").unwrap();
        assert_eq!(key.check(b"a.b", &tag), Ok(()));
        assert_eq!(key.check(b"a.c", &tag), Err(SignatureMismatch));
        for length in [0, 1, 31] {
            assert_eq!(key.check(b"a.b", &tag[..length]), Err(SignatureMismatch));
        }
        assert_eq!(format!("{key:?}"), "ShortSecret(secret)");
    }

    #[test]
    fn an_empty_secret_is_no_secret() {
        assert_eq!(ShortSecret::danger_allow_short_secret(b"").err(), Some(Refusal::SecretTooShort));
    }
}
