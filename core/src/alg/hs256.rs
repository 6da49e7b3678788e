//! HMAC with SHA-256 (RFC 2104, RFC 7518 §3.2). Both key blocks are hashed once, at construction.

#[cfg(not(target_os = "none"))]
use self::keyed_by_crates::Keyed;
#[cfg(target_os = "none")]
use self::keyed_in_little_flash::Keyed;
use super::{Algorithm, SignatureCheck, SignatureMismatch};
use crate::Refusal;
use core::fmt;
use subtle::ConstantTimeEq;

#[cfg(not(target_os = "none"))]
mod keyed_by_crates;

/// HMAC in little flash.
#[cfg(target_os = "none")]
mod keyed_in_little_flash {
    use glowband_sha256::HmacKey;

    #[derive(Clone)]
    pub(super) struct Keyed(HmacKey);

    impl Keyed {
        pub(super) fn new(secret: &[u8]) -> Option<Self> {
            Some(Self(HmacKey::new(secret)))
        }

        pub(super) fn tag(&self, input: &[u8]) -> Option<[u8; 32]> {
            Some(self.0.tag(input))
        }
    }
}

/// The shortest secret, in bytes: as long as the hash (RFC 7518 §3.2).
pub const MIN_SECRET: usize = 32;

/// A secret for `HS256`, with its inner and outer hash states prepared.
#[derive(Clone)]
pub struct Hs256Key {
    keyed: Keyed,
}

impl Hs256Key {
    /// Makes a key from the raw bytes of a secret, which are not stored.
    ///
    /// # Errors
    /// [`Refusal::SecretTooShort`] under [`MIN_SECRET`] bytes.
    pub fn new(secret: &[u8]) -> Result<Self, Refusal> {
        if secret.len() < MIN_SECRET {
            return Err(Refusal::SecretTooShort);
        }
        let keyed = Keyed::new(secret).ok_or(Refusal::SecretTooShort)?;
        Ok(Self { keyed })
    }
}

/// Overwrites the hash states, which are as sensitive as the secret.
///
/// `zeroize` would also erase the copy in each verification, which would then take a tenth longer.
impl Drop for Hs256Key {
    fn drop(&mut self) {
        if let Some(keyed) = Keyed::new(&[0; MIN_SECRET]) {
            self.keyed = keyed;
        }
        core::hint::black_box(&self.keyed);
    }
}

impl SignatureCheck for Hs256Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Hs256
    }

    fn check(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
        verdict(equal(&self.keyed.tag(signing_input).ok_or(SignatureMismatch)?, signature))
    }
}

/// Returns 1 if the two are equal, else 0, in constant time.
fn equal(tag: &[u8; 32], signature: &[u8]) -> u8 {
    let Ok(signature) = <&[u8; 32]>::try_from(signature) else {
        return 0;
    };
    let (tag, _) = tag.as_chunks::<8>();
    let (signature, _) = signature.as_chunks::<8>();
    let difference = tag
        .iter()
        .zip(signature)
        .fold(0, |sum, (ours, theirs)| sum | (u64::from_le_bytes(*ours) ^ u64::from_le_bytes(*theirs)));
    difference.ct_eq(&0).unwrap_u8()
}

/// Turns the result of the comparison into a branch. The result is public, the compared bytes are not.
#[inline(never)]
fn verdict(equal: u8) -> Result<(), SignatureMismatch> {
    if equal == 1 { Ok(()) } else { Err(SignatureMismatch) }
}

impl fmt::Debug for Hs256Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hs256Key(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_has_32_bytes_or_more() {
        for length in [0, 1, 31] {
            assert_eq!(Hs256Key::new(&vec![7; length]).err(), Some(Refusal::SecretTooShort), "{length}");
        }
        for length in [32, 33, 64, 65, 1000] {
            assert!(Hs256Key::new(&vec![7; length]).is_ok(), "{length}");
        }
    }

    #[test]
    fn every_changed_bit_and_every_other_length_is_a_mismatch() {
        // The answer of an independent implementation: Python's hmac.new(b"k" * 32, b"a.b", "sha256").
        let key = Hs256Key::new(&[b'k'; 32]).unwrap();
        let tag = [
            0x8d, 0x1e, 0x1f, 0x79, 0xaf, 0xf2, 0xc4, 0x01, 0xe7, 0x26, 0xf4, 0xe2, 0xca, 0xf8, 0xa5, 0x6c, 0x7f, 0xae,
            0xaa, 0xca, 0xa7, 0xf3, 0x37, 0x2e, 0xb4, 0x39, 0x7f, 0x38, 0xaa, 0x5f, 0x22, 0x71,
        ];
        assert_eq!(key.check(b"a.b", &tag), Ok(()));
        for bit in 0..256 {
            let mut wrong = tag;
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.check(b"a.b", &wrong), Err(SignatureMismatch));
        }
        // Nor do two differences make up for each other.
        for (one, other) in (1..32).flat_map(|other| (0..other).map(move |one| (one, other))) {
            let mut wrong = tag;
            wrong[one] ^= 0x5a;
            wrong[other] ^= 0x5a;
            assert_eq!(key.check(b"a.b", &wrong), Err(SignatureMismatch), "{one} and {other}");
        }
        assert_eq!(key.check(b"a.b", &tag[..31]), Err(SignatureMismatch));
        assert_eq!(key.check(b"a.b", &[]), Err(SignatureMismatch));
        assert_eq!(key.check(b"a.c", &tag), Err(SignatureMismatch));
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", Hs256Key::new(&[b'k'; 32]).unwrap()), "Hs256Key(secret)");
    }
}
