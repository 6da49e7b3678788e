//! HMAC with SHA-256, SHA-384 and SHA-512 (RFC 2104, RFC 7518 §3.2) through aws-lc.

use aws_lc_rs::hmac;
use glowband_core::{Algorithm, Refusal, SignatureCheck, SignatureMismatch};
use std::fmt;

/// A secret for `HS256`, `HS384` or `HS512`. aws-lc keeps it as two hash states, not as it is.
///
/// [`KeyReader`](crate::KeyReader) takes the core's key for `HS256`, which several tokens can be checked with at once.
#[derive(Clone)]
pub struct HmacKey {
    algorithm: Algorithm,
    key: hmac::Key,
}

impl HmacKey {
    /// A key from the secret's raw bytes.
    ///
    /// # Errors
    /// [`Refusal::SecretTooShort`] for a secret that is shorter than the hash: 32, 48 or 64 bytes (RFC 7518 §3.2);
    /// [`Refusal::AlgorithmMismatch`] for an algorithm that is no HMAC.
    pub fn new(algorithm: Algorithm, secret: &[u8]) -> Result<Self, Refusal> {
        let (_, shortest) = hash(algorithm).ok_or(Refusal::AlgorithmMismatch)?;
        if secret.len() < shortest {
            return Err(Refusal::SecretTooShort);
        }
        Self::danger_allow_short_secret(algorithm, secret)
    }

    /// A key from a secret that RFC 7518 §3.2 forbids, however short; never from none.
    ///
    /// A person who holds one token can try secrets at leisure, and a short one is found. Use [`new`](Self::new)
    /// wherever the issuer can be given a proper secret.
    ///
    /// # Errors
    /// [`Refusal::SecretTooShort`] for an empty secret; [`Refusal::AlgorithmMismatch`] for an algorithm that is no HMAC.
    pub fn danger_allow_short_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, Refusal> {
        let (hash, _) = hash(algorithm).ok_or(Refusal::AlgorithmMismatch)?;
        if secret.is_empty() {
            return Err(Refusal::SecretTooShort);
        }
        Ok(Self { algorithm, key: hmac::Key::new(hash, secret) })
    }
}

/// The algorithms of this file, and the shortest secret of each in bytes.
pub(crate) const HMAC: [(Algorithm, usize); 3] =
    [(Algorithm::Hs256, 32), (Algorithm::Hs384, 48), (Algorithm::Hs512, 64)];

fn hash(algorithm: Algorithm) -> Option<(hmac::Algorithm, usize)> {
    let (_, shortest) = HMAC.into_iter().find(|(own, _)| *own == algorithm)?;
    let hash = match algorithm {
        Algorithm::Hs384 => hmac::HMAC_SHA384,
        Algorithm::Hs512 => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    Some((hash, shortest))
}

impl SignatureCheck for HmacKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        hmac::verify(&self.key, signing_input, signature).map_err(|_| SignatureMismatch)
    }
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HmacKey({}, secret)", self.algorithm)
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
        let key = HmacKey::danger_allow_short_secret(Algorithm::Hs256, b"secret").unwrap();
        assert_eq!(key.check(b"a.b", &tag), Ok(()));
        assert_eq!(key.check(b"a.c", &tag), Err(SignatureMismatch));
        for length in [0, 1, 31] {
            assert_eq!(key.check(b"a.b", &tag[..length]), Err(SignatureMismatch));
        }
        assert_eq!(format!("{key:?}"), "HmacKey(HS256, secret)");
    }

    #[test]
    fn a_secret_is_as_long_as_its_hash() {
        for (algorithm, shortest) in HMAC {
            let new = |length: usize| HmacKey::new(algorithm, &vec![7; length]).map(|key| key.algorithm());
            assert_eq!(new(shortest), Ok(algorithm));
            assert_eq!(new(shortest - 1), Err(Refusal::SecretTooShort), "{algorithm}");
            assert_eq!(new(0), Err(Refusal::SecretTooShort));
            let short = |secret: &[u8]| HmacKey::danger_allow_short_secret(algorithm, secret).map(drop);
            assert_eq!((short(b""), short(b"s")), (Err(Refusal::SecretTooShort), Ok(())));
        }
        for algorithm in Algorithm::ALL.iter().filter(|algorithm| !algorithm.name().starts_with("HS")) {
            assert_eq!(HmacKey::new(*algorithm, &[7; 64]).err(), Some(Refusal::AlgorithmMismatch));
        }
    }

    #[test]
    fn one_secret_has_another_tag_by_each_hash() {
        let keys = HMAC.map(|(algorithm, _)| HmacKey::new(algorithm, &[7; 64]).unwrap());
        let tags = keys.each_ref().map(|key| hmac::sign(&key.key, b"a.b"));
        for (at, key) in keys.iter().enumerate() {
            for (other, tag) in tags.iter().enumerate() {
                assert_eq!(key.check(b"a.b", tag.as_ref()).is_ok(), at == other);
            }
        }
    }
}
